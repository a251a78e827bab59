#include "core/kill_page.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/errno_text.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

namespace {

constexpr std::size_t kBytes = 4096;

// A file of zeros asks for nothing; anything else in the word does.
std::atomic_ref<std::uint32_t> word_of(void* page) noexcept {
  return std::atomic_ref<std::uint32_t>{*static_cast<std::uint32_t*>(page)};
}

}  // namespace

std::expected<KillPage, std::string> KillPage::open(const std::string& directory) {
  const std::string path = directory + "/kill.page";
  const auto failure = [&path](const char* call) {
    return std::unexpected{path + ": " + call + ": " + errno_text(errno) +
                           "; check the directory's space and permissions"};
  };
  const UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!fd) return failure("open");
  // Never truncated: another process may have it mapped, or ask for a kill at this moment.
  if (::posix_fallocate(fd.get(), 0, kBytes) != 0) return failure("posix_fallocate");
  void* page =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd.get(), 0);
  if (page == MAP_FAILED) return failure("mmap");
  return KillPage{page};
}

KillPage::KillPage(KillPage&& other) noexcept : page_{std::exchange(other.page_, nullptr)} {
}

KillPage& KillPage::operator=(KillPage&& other) noexcept {
  std::swap(page_, other.page_);
  return *this;
}

KillPage::~KillPage() {
  if (page_ != nullptr) ::munmap(page_, kBytes);
}

bool KillPage::is_kill_asked() const noexcept {
  return word_of(page_).load(std::memory_order_relaxed) != 0;
}

void KillPage::ask_kill() noexcept {
  word_of(page_).store(1, std::memory_order_release);
}

void KillPage::take_back() noexcept {
  word_of(page_).store(0, std::memory_order_release);
}

}  // namespace portcullis
