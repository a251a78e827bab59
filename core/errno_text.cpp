#include "core/errno_text.hpp"

#include <array>
#include <cstring>

namespace portcullis {

std::string errno_text(int error) {
  std::array<char, 128> buffer{};
  // GNU's: the answer is in the buffer or in static text.
  return ::strerror_r(error, buffer.data(), buffer.size());
}

}  // namespace portcullis
