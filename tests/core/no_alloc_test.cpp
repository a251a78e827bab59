#include "core/no_alloc.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <openssl/evp.h>

namespace portcullis {
namespace {

// Out of the optimiser's sight: an allocation that is not used may be left out.
void* volatile kept = nullptr;

void keep(void* block) {
  kept = block;
}

TEST(NoAllocScope, WorkWithoutAllocationGoesOn) {
  std::vector<int> values(100);
  const NoAllocScope hot{"test"};
  for (int& value : values) value = 1;
  std::free(nullptr);
}

TEST(NoAllocScope, OtherThreadsAreNotConcerned) {
  std::thread other;
  std::vector<int> grown;
  {
    std::thread worker{[&grown] {
      for (int i = 0; i < 1'000; ++i) grown.push_back(i);
    }};
    const NoAllocScope hot{"test"};
    worker.join();
    const AllocAllowedScope for_the_thread_object;
    worker = std::thread{};
  }
  EXPECT_EQ(grown.size(), 1'000U);
}

TEST(NoAllocScope, AllocationIsAllowedAgainAfterwardsAndInside) {
  {
    const NoAllocScope hot{"test"};
    const AllocAllowedScope cold;
    keep(std::malloc(10));
    std::free(kept);
  }
  const std::string text(1'000, 'x');
  EXPECT_EQ(text.size(), 1'000U);
}

TEST(NoAllocScope, TheGuardSaysWhetherItIsThere) {
#ifdef PORTCULLIS_SANITIZED
  EXPECT_FALSE(enable_allocation_guard());
#else
  EXPECT_TRUE(enable_allocation_guard());
#endif
}

#ifndef PORTCULLIS_SANITIZED

#define EXPECT_STOPPED(statement, what)   \
  EXPECT_DEATH(                           \
      {                                   \
        const NoAllocScope hot{"trader"}; \
        statement;                        \
      },                                  \
      what " on the hot path of 'trader'")

TEST(NoAllocScopeDeathTest, EveryWayToAllocateStopsTheProgram) {
  EXPECT_STOPPED(keep(std::malloc(123)), "allocation of 123 bytes");
  EXPECT_STOPPED(keep(std::calloc(10, 20)), "allocation of 200 bytes");
  EXPECT_STOPPED(keep(std::aligned_alloc(64, 128)), "allocation of 128 bytes");
  EXPECT_STOPPED(keep(::operator new(77)), "allocation of 77 bytes");
  EXPECT_STOPPED(keep(::operator new(64, std::align_val_t{64})), "allocation of 64 bytes");
  EXPECT_STOPPED(keep(::operator new(7, std::nothrow)), "allocation of 7 bytes");
  EXPECT_STOPPED(keep(new int[25]), "allocation of 100 bytes");
  EXPECT_STOPPED(
      {
        void* out = nullptr;
        if (::posix_memalign(&out, 64, 256) == 0) keep(out);
      },
      "allocation of 256 bytes");
}

TEST(NoAllocScopeDeathTest, FreeingAndGrowingStopTheProgramToo) {
  void* block = std::malloc(10);
  keep(block);
  EXPECT_STOPPED(std::free(kept), "free");
  EXPECT_STOPPED(keep(std::realloc(kept, 5'000)), "reallocation of 5000 bytes");
  auto owned = std::make_unique<int>(1);
  EXPECT_STOPPED(owned.reset(), "free");
  std::free(block);
}

TEST(NoAllocScopeDeathTest, LibrariesAreSeenAsWell) {
  EXPECT_STOPPED(keep(EVP_MD_CTX_new()), "allocation of [0-9]+ bytes");
}

TEST(NoAllocScopeDeathTest, ScopesNest) {
  EXPECT_DEATH(
      {
        const NoAllocScope outer{"outer"};
        {
          const NoAllocScope inner{"inner"};
        }
        {
          const AllocAllowedScope allowed;
        }
        keep(std::malloc(1));
      },
      "on the hot path of 'outer'");
}

TEST(NoAllocScope, PosixMemalignKeepsItsContract) {
  void* out = nullptr;
  EXPECT_EQ(::posix_memalign(&out, 3, 10), EINVAL);
  ASSERT_EQ(::posix_memalign(&out, 4096, 10), 0);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(out) % 4096, 0U);
  std::free(out);
}

#endif

}  // namespace
}  // namespace portcullis
