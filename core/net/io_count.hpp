#pragma once

#include <cstddef>

namespace portcullis::net {

// How many bytes a receive or a send has moved, or why none.
struct IoCount {
  enum class Kind : unsigned char { kBytes, kWouldBlock, kEnd, kFailed };
  Kind kind{Kind::kWouldBlock};
  std::size_t count{0};
  const char* cause{""};  // static text when kEnd or kFailed
};

}  // namespace portcullis::net
