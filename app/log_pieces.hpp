#pragma once

#include <string_view>

#include "core/log.hpp"
#include "core/time.hpp"

namespace portcullis::app {

// A text of any length in several records, between words where there are any: a log record holds a
// short one. `message` is a literal with a place for the text, of the first. Control thread.
void log_in_pieces(LogRing& log, LogLevel level, MonoTime now, const char* message,
                   std::string_view text);

}  // namespace portcullis::app
