#include "core/no_alloc.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <execinfo.h>

#include <unistd.h>

// glibc's own entry points, under the names that survive interposition.
// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* block);
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)

namespace portcullis {

namespace {

#ifdef PORTCULLIS_SANITIZED
constexpr bool kGuarded = false;
#else
constexpr bool kGuarded = true;
#endif

// initial-exec: reading them must never allocate, as the general model may on first touch.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
__attribute__((tls_model("initial-exec"))) constinit thread_local int forbidden_depth = 0;
__attribute__((tls_model("initial-exec"))) constinit thread_local int allowed_depth = 0;
__attribute__((tls_model("initial-exec"))) constinit thread_local const char* role_of_thread = "";
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

NoAllocScope::NoAllocScope(const char* role) noexcept : outer_role_{role_of_thread} {
  enable_allocation_guard();
  role_of_thread = role;
  ++forbidden_depth;
}

NoAllocScope::~NoAllocScope() {
  --forbidden_depth;
  role_of_thread = outer_role_;
}

AllocAllowedScope::AllocAllowedScope() noexcept {
  ++allowed_depth;
}

AllocAllowedScope::~AllocAllowedScope() {
  --allowed_depth;
}

bool enable_allocation_guard() noexcept {
  return kGuarded;
}

#ifndef PORTCULLIS_SANITIZED

namespace {

void write_text(const char* text) noexcept {
  if (::write(STDERR_FILENO, text, std::strlen(text)) < 0) return;  // nobody is left to tell
}

void write_number(std::size_t value) noexcept {
  char digits[24] = {};
  char* cursor = digits + sizeof digits - 1;
  do {
    *--cursor = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  write_text(cursor);
}

[[noreturn]] void stop_program(const char* verb, std::size_t size) noexcept {
  const char* role = role_of_thread;
  forbidden_depth = 0;  // the backtrace below may allocate
  write_text("portcullis: ");
  write_text(verb);
  if (size != 0) {
    write_text(" of ");
    write_number(size);
    write_text(" bytes");
  }
  write_text(" on the hot path of '");
  write_text(role);
  write_text("', which must not allocate; take the memory at start-up. Called from:\n");
  void* frames[32];
  ::backtrace_symbols_fd(frames, ::backtrace(frames, 32), STDERR_FILENO);
  std::abort();
}

inline void check_allowed(const char* verb, std::size_t size) noexcept {
  if (forbidden_depth > 0 && allowed_depth == 0) [[unlikely]] {
    stop_program(verb, size);
  }
}

}  // namespace

#endif

}  // namespace portcullis

#ifndef PORTCULLIS_SANITIZED

// Weak, so that a test program may bring its own counting allocator. Parameters are named as in
// glibc.
#define PORTCULLIS_INTERPOSED extern "C" __attribute__((weak, visibility("default")))

PORTCULLIS_INTERPOSED void* malloc(std::size_t size) noexcept {
  portcullis::check_allowed("allocation", size);
  return __libc_malloc(size);
}

PORTCULLIS_INTERPOSED void* calloc(std::size_t nmemb, std::size_t size) noexcept {
  portcullis::check_allowed("allocation", nmemb * size);
  return __libc_calloc(nmemb, size);
}

PORTCULLIS_INTERPOSED void* realloc(void* ptr, std::size_t size) noexcept {
  portcullis::check_allowed("reallocation", size);
  return __libc_realloc(ptr, size);
}

PORTCULLIS_INTERPOSED void* memalign(std::size_t alignment, std::size_t size) noexcept {
  portcullis::check_allowed("allocation", size);
  return __libc_memalign(alignment, size);
}

PORTCULLIS_INTERPOSED void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  portcullis::check_allowed("allocation", size);
  return __libc_memalign(alignment, size);
}

PORTCULLIS_INTERPOSED int posix_memalign(void** memptr, std::size_t alignment,
                                         std::size_t size) noexcept {
  portcullis::check_allowed("allocation", size);
  const bool is_power_of_two = alignment != 0 && (alignment & (alignment - 1)) == 0;
  if (!is_power_of_two || alignment % sizeof(void*) != 0) return EINVAL;
  void* block = __libc_memalign(alignment, size);
  if (block == nullptr) return ENOMEM;
  *memptr = block;
  return 0;
}

PORTCULLIS_INTERPOSED void free(void* ptr) noexcept {
  if (ptr != nullptr) portcullis::check_allowed("free", 0);
  __libc_free(ptr);
}

#endif
