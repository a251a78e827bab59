#include "tests/net/malloc_counter.hpp"

#include <cstddef>

namespace portcullis::net::test {

namespace {

thread_local std::uint64_t thread_heap_calls = 0;

}  // namespace

std::uint64_t heap_calls_of_this_thread() noexcept {
  return thread_heap_calls;
}

#ifdef PORTCULLIS_SANITIZED

bool is_counting_heap_calls() noexcept {
  return false;
}

#else

bool is_counting_heap_calls() noexcept {
  return true;
}

// glibc's own entry points: interposing malloc this way needs no dlsym, which would itself
// allocate.
extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) {
  ++thread_heap_calls;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++thread_heap_calls;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  ++thread_heap_calls;
  return __libc_realloc(old, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++thread_heap_calls;
  return __libc_memalign(alignment, size);
}
void free(void* memory) {
  if (memory != nullptr) ++thread_heap_calls;
  __libc_free(memory);
}

}  // extern "C"

#endif

}  // namespace portcullis::net::test
