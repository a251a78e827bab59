#include "core/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace portcullis {

void check_failed(const char* file, int line, const char* condition, const char* message) noexcept {
  std::fprintf(stderr, "portcullis: internal error at %s:%d: %s (%s)\n", file, line, message,
               condition);
  std::abort();
}

}  // namespace portcullis
