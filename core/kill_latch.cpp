#include "core/kill_latch.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/durable_file.hpp"
#include "core/errno_text.hpp"
#include "core/log_writer.hpp"
#include "core/mutant.hpp"
#include "core/unique_fd.hpp"

namespace portcullis {

namespace {

constexpr std::string_view kHeaderV1 = "portcullis-kill-latch 1\n";
constexpr std::string_view kHeader = "portcullis-kill-latch 2\n";
constexpr std::size_t kFileMax = 4u << 20;
constexpr std::size_t kReasonMax = 1024;
constexpr std::size_t kScopeMax = 128;

std::string one_line(std::string_view text, std::size_t length_max = kReasonMax) {
  std::string line{text.substr(0, length_max)};
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

std::optional<WallTime> parse_time(std::string_view text) {
  std::int64_t time_ns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), time_ns);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return wall_time(time_ns);
}

// The rest of a file whose records have been taken: the sum over all before it, and nothing else.
bool ends_in_sum(std::string_view content, std::string_view rest) {
  const std::string_view covered = content.substr(0, content.size() - rest.size());
  const auto crc = take_line(rest, "crc32=");
  return crc && rest.empty() && *crc == crc32_hex(covered);
}

std::optional<KillLatch::Record> take_record(std::string_view& rest) {
  const auto scope = take_line(rest, "scope=");
  const auto mode_text = take_line(rest, "mode=");
  const auto time_text = take_line(rest, "time_ns=");
  const auto reason = take_line(rest, "reason=");
  if (!scope || !mode_text || !time_text || !reason) return std::nullopt;
  const auto mode = parse_mode(*mode_text);
  const auto time = parse_time(*time_text);
  if (!mode || !time || scope->empty()) return std::nullopt;
  return KillLatch::Record{
      .scope = std::string{*scope}, .mode = *mode, .reason = std::string{*reason}, .time = *time};
}

std::optional<std::vector<KillLatch::Record>> parse(std::string_view content) {
  std::string_view rest = content;
  std::vector<KillLatch::Record> records;
  if (rest.starts_with(kHeaderV1)) {
    rest.remove_prefix(kHeaderV1.size());
    const auto time_text = take_line(rest, "time_ns=");
    const auto reason = take_line(rest, "reason=");
    const auto time = parse_time(time_text.value_or(""));
    if (!time || !reason || !ends_in_sum(content, rest)) return std::nullopt;
    records.push_back({.reason = std::string{*reason}, .time = *time});
    return records;
  }
  if (!rest.starts_with(kHeader)) return std::nullopt;
  rest.remove_prefix(kHeader.size());
  while (rest.starts_with("scope=")) {
    auto record = take_record(rest);
    if (!record) return std::nullopt;
    records.push_back(std::move(*record));
  }
  // A file that holds nothing was not written by this class.
  if (records.empty() || !ends_in_sum(content, rest)) return std::nullopt;
  return records;
}

std::string text_of(const KillLatch::Record& record) {
  return "scope=" + one_line(record.scope, kScopeMax) + "\nmode=" + to_string(record.mode) +
         "\ntime_ns=" + std::to_string(count_ns(record.time)) +
         "\nreason=" + one_line(record.reason) + "\n";
}

// One writer at a time, of all processes. Whoever holds it holds it for a few milliseconds; a
// holder that stands still must not keep a kill waiting for long: it is tried again next turn.
std::expected<UniqueFd, std::string> lock(const std::string& path) {
  constexpr int kTries = 40;
  constexpr auto kPause = std::chrono::milliseconds{1};
  UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640)};
  if (!fd) return std::unexpected{path + ": open: " + errno_text(errno)};
  for (int i = 0; i < kTries; ++i) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
    std::this_thread::sleep_for(kPause);
  }
  return std::unexpected{path + ": another program holds it and stands still; find and end it"};
}

}  // namespace

KillLatch::KillLatch(const std::string& directory)
    : directory_{directory},
      path_{directory + "/kill.latch"} {
}

bool KillLatch::is_there() const {
  struct stat status{};
  if (::lstat(path_.c_str(), &status) == 0 || errno != ENOENT) return true;
  // No file proves nothing when the directory itself is gone (a state volume not mounted).
  return ::stat(directory_.c_str(), &status) != 0 || !S_ISDIR(status.st_mode);
}

bool KillLatch::is_set() const {
  if (is_planted(Mutant::kKillForgotten)) return false;
  const auto record = read();
  return !record || (record->has_value() && (*record)->mode == Mode::kHalted);
}

std::expected<void, std::string> KillLatch::set(const Record& record) const {
  const auto held = lock(path_ + ".lock");
  if (!held) return std::unexpected{held.error()};
  std::vector<Record> records;
  if (auto old = read_all()) {
    records = std::move(*old);
  } else if (record.scope != kGlobal || record.mode != Mode::kHalted) {
    // It counted as a kill of everything, and goes on doing so.
    records.push_back(
        {.reason = "the latch before this one could not be read", .time = record.time});
  }
  const auto same = std::ranges::find(records, record.scope, &Record::scope);
  const bool is_new = same == records.end() || strictness(record.mode) > strictness(same->mode);
  if (same == records.end()) {
    records.push_back(record);
  } else if (is_new) {
    *same = record;
  }
  // Written anew even when nothing changes: the earlier call may have failed before it was durable.
  if (auto written = write(records); !written) return written;
  if (is_new)
    (void)note(format_wall_time(record.time) + " " + record.scope + " -> " +
               to_string(record.mode) + ": " + record.reason);
  return {};
}

std::expected<void, std::string> KillLatch::write(const std::vector<Record>& records) const {
  std::string content{kHeader};
  for (const Record& record : records) content += text_of(record);
  content += "crc32=" + crc32_hex(content) + "\n";
  return replace_file_durably(path_, content);
}

std::expected<void, std::string> KillLatch::lower(std::string_view scope, Mode to,
                                                  const Human& human, WallTime time) const {
  const auto held = lock(path_ + ".lock");
  if (!held) return std::unexpected{held.error()};
  auto records = read_all();
  if (!records && scope != kGlobal) {
    return std::unexpected{records.error() + "; it counts as a kill of everything: re-arm that"};
  }
  if (auto noted = note(format_wall_time(time) + " " + std::string{scope} + " -> " + to_string(to) +
                        " by " + human.name + ": " + human.reason);
      !noted) {
    return noted;
  }
  if (!records) return remove_file_durably(path_);
  const auto same = std::ranges::find(*records, scope, &Record::scope);
  if (same == records->end()) return {};
  if (to == Mode::kRunning) {
    records->erase(same);
  } else {
    *same = {.scope = std::string{scope},
             .mode = to,
             .reason = human.name + ": " + human.reason,
             .time = time};
  }
  return records->empty() ? remove_file_durably(path_) : write(*records);
}

std::expected<void, std::string> KillLatch::note(std::string_view line) const {
  const std::string path = directory_ + "/kill.history";
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640)};
  const std::string text = one_line(line, 2 * kReasonMax) + "\n";
  if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return std::unexpected{path + ": cannot be written: " + errno_text(errno) +
                           "; check the directory's space and permissions"};
  }
  return {};
}

std::expected<std::vector<KillLatch::Record>, std::string> KillLatch::read_all() const {
  if (!is_there()) return std::vector<Record>{};
  const auto content = read_small_file(path_, kFileMax);
  if (content) {
    if (auto records = parse(*content)) return std::move(*records);
  }
  return std::unexpected{path_ +
                         ": the kill latch is set but cannot be read (missing directory, "
                         "permissions or damage); find out why trading was stopped, then re-arm"};
}

std::expected<std::optional<KillLatch::Record>, std::string> KillLatch::read() const {
  auto records = read_all();
  if (!records) return std::unexpected{records.error()};
  const auto global = std::ranges::find(*records, kGlobal, &Record::scope);
  if (global == records->end()) return std::nullopt;
  return std::move(*global);
}

}  // namespace portcullis
