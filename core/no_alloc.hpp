#pragma once

namespace portcullis {

// While one lives, its thread may neither allocate nor free: malloc and its kin (operator new,
// OpenSSL and Beast included) print the role and the size, then abort. Freeing is forbidden too,
// since it may take the allocator's lock. Scopes nest.
//
// In builds with a sanitizer the guard does nothing: the sanitizer owns malloc.
class NoAllocScope {
 public:
  // `role` must outlive the scope; it is printed on a violation.
  explicit NoAllocScope(const char* role) noexcept;
  ~NoAllocScope();
  NoAllocScope(const NoAllocScope&) = delete;
  NoAllocScope& operator=(const NoAllocScope&) = delete;

 private:
  const char* outer_role_;
};

// Lifts the rule on this thread for a stretch that is rare by design (a session's logon). Say at
// each use why the stretch is not on the way of an order.
class AllocAllowedScope {
 public:
  AllocAllowedScope() noexcept;
  ~AllocAllowedScope();
  AllocAllowedScope(const AllocAllowedScope&) = delete;
  AllocAllowedScope& operator=(const AllocAllowedScope&) = delete;
};

// Links the guard into the program (a static library's object comes in only when something names
// it); NoAllocScope does so by itself. False in a build where the guard stands aside.
bool enable_allocation_guard() noexcept;

}  // namespace portcullis
