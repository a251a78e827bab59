#include "app/version.hpp"

#include "core/cpu_check.hpp"

namespace portcullis::app {

std::string version_text() {
#ifdef __clang__
  const std::string compiler = "clang " __clang_version__;
#else
  const std::string compiler = "g++ " __VERSION__;
#endif
  return "portcullis " PORTCULLIS_VERSION " (" + compiler + "), needs a CPU with " +
         cpu_requirements();
}

}  // namespace portcullis::app
