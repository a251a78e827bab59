#include "core/kill_latch.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>

#include <sys/stat.h>

#include "core/durable_file.hpp"
#include "core/mutant.hpp"

namespace portcullis {

namespace {

constexpr std::string_view kHeader = "portcullis-kill-latch 1\n";
constexpr std::size_t kFileMax = 4096;
constexpr std::size_t kReasonMax = 1024;

std::string one_line(std::string_view text) {
  std::string line{text.substr(0, kReasonMax)};
  std::ranges::replace_if(line, [](char c) { return c >= 0 && (c < ' ' || c == 0x7F); }, ' ');
  return line;
}

// The value of "<name>=<value>\n" at the front of `text`, which moves past it.
std::optional<std::string_view> take_line(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(name.size(), end - name.size());
  text.remove_prefix(end + 1);
  return value;
}

std::optional<KillLatch::Record> parse(std::string_view content) {
  std::string_view rest = content;
  if (!rest.starts_with(kHeader)) return std::nullopt;
  rest.remove_prefix(kHeader.size());
  const auto time = take_line(rest, "time_ns=");
  const auto reason = take_line(rest, "reason=");
  const std::string_view covered = content.substr(0, content.size() - rest.size());
  const auto crc = take_line(rest, "crc32=");
  if (!time || !reason || !crc || !rest.empty() || *crc != crc32_hex(covered)) return std::nullopt;
  std::int64_t time_ns = 0;
  const auto [end, error] = std::from_chars(time->data(), time->data() + time->size(), time_ns);
  if (error != std::errc{} || end != time->data() + time->size()) return std::nullopt;
  return KillLatch::Record{.reason = std::string{*reason}, .time = wall_time(time_ns)};
}

}  // namespace

KillLatch::KillLatch(const std::string& directory)
    : directory_{directory},
      path_{directory + "/kill.latch"} {
}

bool KillLatch::is_set() const {
  if (is_planted(Mutant::kKillForgotten)) return false;
  struct stat status{};
  if (::lstat(path_.c_str(), &status) == 0 || errno != ENOENT) return true;
  // No file proves nothing when the directory itself is gone (a state volume not mounted).
  return ::stat(directory_.c_str(), &status) != 0 || !S_ISDIR(status.st_mode);
}

std::expected<void, std::string> KillLatch::set(std::string_view reason, WallTime time) const {
  // Written anew even when already set: the earlier call may have failed before it was durable.
  if (const auto old = read_small_file(path_, kFileMax); old && parse(*old)) {
    return replace_file_durably(path_, *old);
  }
  std::string content{kHeader};
  content += "time_ns=" + std::to_string(count_ns(time)) + "\n";
  content += "reason=" + one_line(reason) + "\n";
  content += "crc32=" + crc32_hex(content) + "\n";
  return replace_file_durably(path_, content);
}

std::expected<void, std::string> KillLatch::clear() const {
  return remove_file_durably(path_);
}

std::expected<std::optional<KillLatch::Record>, std::string> KillLatch::read() const {
  if (!is_set()) return std::nullopt;
  const auto content = read_small_file(path_, kFileMax);
  if (content) {
    if (auto record = parse(*content)) return record;
  }
  return std::unexpected{path_ +
                         ": the kill latch is set but cannot be read (missing directory, "
                         "permissions or damage); find out why trading was stopped, then re-arm"};
}

}  // namespace portcullis
