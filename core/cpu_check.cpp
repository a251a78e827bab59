// Compiled for the baseline x86-64 (core/CMakeLists.txt), and uses nothing that is not.
#include "core/cpu_check.hpp"

#include <unistd.h>

namespace portcullis {

namespace {

constexpr int kExitOsError = 71;

void put(const char* text) noexcept {
  unsigned long length = 0;
  while (text[length] != '\0') ++length;
  if (write(STDERR_FILENO, text, length) < 0) _exit(kExitOsError);
}

void require(bool is_present, const char* name, bool& is_complete) noexcept {
  if (is_present) return;
  if (is_complete) put("portcullis: this CPU cannot run the program; it lacks:");
  put(" ");
  put(name);
  is_complete = false;
}

// 101: the first priority open to programs, ahead of every static object of ours.
__attribute__((constructor(101))) void check_cpu() noexcept {
  __builtin_cpu_init();
  bool is_complete = true;
  require(__builtin_cpu_supports("avx2"), "avx2", is_complete);
  require(__builtin_cpu_supports("bmi"), "bmi", is_complete);
  require(__builtin_cpu_supports("bmi2"), "bmi2", is_complete);
  require(__builtin_cpu_supports("fma"), "fma", is_complete);
  require(__builtin_cpu_supports("pclmul"), "pclmul", is_complete);
  require(__builtin_cpu_supports("popcnt"), "popcnt", is_complete);
  if (is_complete) return;
  put("\nUse an Intel CPU of 2013 (Haswell), an AMD CPU of 2015 (Excavator) or later, or build "
      "with "
      "-DPORTCULLIS_MARCH set to an older one that has avx2 and pclmul.\n");
  _exit(kExitOsError);
}

}  // namespace

const char* cpu_requirements() noexcept {
  return "avx2 bmi bmi2 fma pclmul popcnt";
}

}  // namespace portcullis
