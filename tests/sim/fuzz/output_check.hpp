#pragma once

#include <string_view>

namespace portcullis::sim::fuzz {

// What a server may say, read by other means than it was written by. Each aborts at the first thing
// that is not well-formed; the text ends with a whole message.

// Replies one after the other; behind a 101, frames.
void check_http_replies(std::string_view text);

// A server's frames: unmasked, known opcodes, whole JSON in each text, nothing behind a close.
void check_ws_frames(std::string_view bytes);

}  // namespace portcullis::sim::fuzz
