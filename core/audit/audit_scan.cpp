#include "core/audit/audit_scan.hpp"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>

#include <system_error>

#include "core/errno_text.hpp"

namespace portcullis::audit {

namespace {

constexpr const char* kNextStep =
    "; what is behind it is not trusted: keep the file as evidence, compare it with a copy, and "
    "move it away so that a new log begins";

Damage damage_at(const std::string& path, std::uint64_t line, std::uint64_t offset,
                 const std::string& what) {
  return {.line = line,
          .offset = offset,
          .text = path + ": record " + std::to_string(line) + " (byte " + std::to_string(offset) +
                  ") " + what + kNextStep};
}

// Whether the record is the one after `head`.
std::optional<std::string> break_in_chain(const Record& record, const Head& head) {
  if (record.sequence != head.sequence + 1) {
    return "has the number " + std::to_string(record.sequence) + " where " +
           std::to_string(head.sequence + 1) + " belongs: records are missing, doubled or moved";
  }
  if (record.previous != head.hash) {
    return "does not follow from the record before it: that one was replaced";
  }
  return std::nullopt;
}

}  // namespace

std::expected<Scan, std::string> scan(const std::string& path, const Head& head,
                                      std::uint64_t offset,
                                      std::move_only_function<void(const Record&)> visit) {
  Scan result{.head = head, .sound_bytes = offset, .torn_tail = {}, .damage = {}};
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    if (!error) return result;
    return std::unexpected{path + ": " + error.message() + "; check the directory's permissions"};
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    return std::unexpected{path + ": is no file; name the audit.log of a state directory"};
  }
  std::ifstream file{path, std::ios::binary};
  file.seekg(static_cast<std::streamoff>(offset));
  if (!file) {
    return std::unexpected{path + ": open: " + errno_text(errno) +
                           "; check the file's permissions"};
  }
  std::string line;
  while (std::getline(file, line)) {
    if (file.eof()) {  // no newline: never acknowledged
      result.torn_tail = line;
      break;
    }
    const std::uint64_t number = result.head.sequence + 1;
    auto record = parse_line(line);
    if (!record) {
      result.damage = damage_at(path, number, result.sound_bytes, record.error());
      break;
    }
    if (const auto broken = break_in_chain(*record, result.head)) {
      result.damage = damage_at(path, number, result.sound_bytes, *broken);
      break;
    }
    if (visit) visit(*record);
    result.head = {.sequence = record->sequence, .hash = record->hash};
    result.sound_bytes += line.size() + 1;
  }
  if (file.bad()) return std::unexpected{path + ": read: " + errno_text(errno)};
  return result;
}

std::expected<std::vector<Head>, std::string> read_anchors(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    return std::unexpected{path + ": open: " + errno_text(errno) +
                           "; name the file that audit.anchor_file was"};
  }
  std::vector<Head> anchors;
  std::string line;
  while (std::getline(file, line)) {
    if (file.eof()) break;  // a line that a crash cut short says nothing
    Head head;
    const char* const end = line.data() + line.size();
    const auto [rest, error] = std::from_chars(line.data(), end, head.sequence);
    head.hash.assign(rest == end ? rest : rest + 1, end);
    if (error != std::errc{} || rest == end || *rest != ' ' || head.hash.size() != 64) {
      return std::unexpected{path + ": line " + std::to_string(anchors.size() + 1) +
                             " is not \"SEQUENCE HASH\""};
    }
    anchors.push_back(std::move(head));
  }
  return anchors;
}

std::expected<Scan, std::string> verify(const std::string& path, const std::vector<Head>& anchors) {
  std::map<std::uint64_t, Hash> noted;
  for (const Head& anchor : anchors) {
    const auto [place, is_new] = noted.emplace(anchor.sequence, anchor.hash);
    if (!is_new && place->second != anchor.hash) {
      return std::unexpected{"the anchors name two hashes for record " +
                             std::to_string(anchor.sequence) +
                             ": one of them was edited, or they are of two logs"};
    }
  }
  noted.erase(0);  // an empty log
  std::optional<Damage> differing;
  std::uint64_t offset = 0;
  auto result = scan(path, {}, 0, [&](const Record& record) {
    const auto anchor = noted.find(record.sequence);
    if (anchor == noted.end()) return;
    if (anchor->second != record.hash && !differing) {
      differing = damage_at(path, record.sequence, offset,
                            "is not the one that was anchored: the log was written anew");
    }
    noted.erase(anchor);
  });
  if (!result || result->damage) return result;
  if (differing) {
    result->damage = std::move(differing);
  } else if (!noted.empty()) {
    result->damage = damage_at(path, result->head.sequence + 1, result->sound_bytes,
                               "is missing, and record " + std::to_string(noted.rbegin()->first) +
                                   " was anchored: the end was cut off");
  }
  return result;
}

}  // namespace portcullis::audit
