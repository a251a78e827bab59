#pragma once

#include <string>

namespace portcullis {

// What an errno value means. Any thread: strerror() may share its buffer between threads.
[[nodiscard]] std::string errno_text(int error);

}  // namespace portcullis
