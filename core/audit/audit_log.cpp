#include "core/audit/audit_log.hpp"

#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/audit/audit_scan.hpp"
#include "core/durable_file.hpp"
#include "core/errno_text.hpp"

namespace portcullis::audit {

namespace {

constexpr int kMode = 0640;

class FileLock {
 public:
  explicit FileLock(int fd) : fd_{fd} {
    while ((is_held_ = ::flock(fd, LOCK_EX) == 0) == false && errno == EINTR) continue;
  }
  ~FileLock() {
    if (is_held_) ::flock(fd_, LOCK_UN);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  [[nodiscard]] bool is_held() const noexcept { return is_held_; }

 private:
  int fd_;
  bool is_held_{false};
};

bool write_whole(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

std::unexpected<std::string> Log::failure(const char* call) const {
  return std::unexpected{path_ + ": " + call + ": " + errno_text(errno) +
                         "; check the directory's space and permissions"};
}

std::expected<Log, std::string> Log::open(const std::string& path, WallTime now) {
  Log log{path};
  log.fd_ = UniqueFd{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, kMode)};
  if (!log.fd_) return log.failure("open");
  if (auto synced = sync_directory_of(path); !synced) return std::unexpected{synced.error()};
  const FileLock lock{log.fd_.get()};
  if (!lock.is_held()) return log.failure("flock");
  if (auto read = log.catch_up(now); !read) return std::unexpected{read.error()};
  return log;
}

// Reads what other processes have added since, and takes off what one of them did not finish.
std::expected<void, std::string> Log::catch_up(WallTime now) {
  auto added = scan(path_, head_, end_);
  if (!added) return std::unexpected{added.error()};
  if (added->damage) return std::unexpected{added->damage->text};
  head_ = added->head;
  end_ = added->sound_bytes;
  if (added->torn_tail.empty()) return {};
  if (::ftruncate(fd_.get(), static_cast<off_t>(end_)) != 0) return failure("ftruncate");
  return write_down({.act = Act::kTailCut,
                     .actor = "gateway",
                     .scope = "audit log",
                     .reason = "a write that was cut short, never acknowledged",
                     .before = added->torn_tail,
                     .after = {}},
                    now);
}

std::expected<void, std::string> Log::append(const Entry& entry, WallTime now) {
  if (has_failed_) {
    return std::unexpected{path_ +
                           ": a write has failed before and is not tried again; mend the disk and "
                           "start anew"};
  }
  const FileLock lock{fd_.get()};
  if (!lock.is_held()) return failure("flock");
  if (auto read = catch_up(now); !read) return read;
  return write_down(entry, now);
}

std::expected<void, std::string> Log::write_down(const Entry& entry, WallTime now) {
  const Line line = render_line(entry, head_, now);
  if (!write_whole(fd_.get(), line.text)) {
    const auto why = failure("write");
    has_failed_ = ::ftruncate(fd_.get(), static_cast<off_t>(end_)) != 0;
    return why;
  }
  if (::fdatasync(fd_.get()) != 0) {
    has_failed_ = true;
    return failure("fdatasync");
  }
  head_ = line.head;
  end_ += line.text.size();
  return {};
}

std::expected<void, std::string> Log::anchor_to(const std::string& path) {
  if (anchored_ == head_.sequence) return {};
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, kMode)};
  const std::string line = std::to_string(head_.sequence) + " " + head_.hash + "\n";
  if (!fd || !write_whole(fd.get(), line) || ::fdatasync(fd.get()) != 0) {
    return std::unexpected{path + ": " + errno_text(errno) +
                           "; check the space and permissions of audit.anchor_file"};
  }
  anchored_ = head_.sequence;
  return {};
}

}  // namespace portcullis::audit
