#include "core/audit/audit_record.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include <openssl/evp.h>

#include "core/check.hpp"
#include "core/log_writer.hpp"

namespace portcullis::audit {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kHashMember = R"(,"hash":")";
constexpr std::size_t kHashDigits = 64;

constexpr std::array<const char*, kActCount> kActNames{
    "started",          "stopped",          "killed",         "rearmed",       "mode_changed",
    "limits_reloaded",  "limit_requested",  "limit_approved", "limit_refused", "limit_changed",
    "override_expired", "strategy_enabled", "tail_cut"};
static_assert(std::to_underlying(Act::kTailCut) + 1 == kActCount, "a name for each act");

std::optional<Act> act_of(std::string_view name) {
  for (std::size_t i = 0; i < kActNames.size(); ++i) {
    if (name == kActNames[i]) return static_cast<Act>(i);
  }
  return std::nullopt;
}

// The members as text, or what is missing.
std::expected<Record, std::string> record_of(const Json& body) {
  Record record;
  const std::array<std::pair<const char*, std::string*>, 7> texts{{{"time", &record.time},
                                                                   {"actor", &record.entry.actor},
                                                                   {"scope", &record.entry.scope},
                                                                   {"reason", &record.entry.reason},
                                                                   {"before", &record.entry.before},
                                                                   {"after", &record.entry.after},
                                                                   {"previous", &record.previous}}};
  for (const auto& [name, text] : texts) {
    const auto member = body.find(name);
    if (member == body.end() || !member->is_string()) {
      return std::unexpected{std::string{"has no text \""} + name + "\""};
    }
    *text = member->get<std::string>();
  }
  const auto sequence = body.find("sequence");
  if (sequence == body.end() || !sequence->is_number_unsigned()) {
    return std::unexpected{"has no number \"sequence\""};
  }
  record.sequence = sequence->get<std::uint64_t>();
  const auto name = body.find("act");
  const auto act =
      name != body.end() && name->is_string() ? act_of(name->get<std::string>()) : std::nullopt;
  if (!act) return std::unexpected{"names no act that this version knows"};
  record.entry.act = *act;
  return record;
}

}  // namespace

const char* to_string(Act act) noexcept {
  return kActNames[std::to_underlying(act)];
}

Hash sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr);
  PORTCULLIS_CHECK(done == 1 && length * 2 == kHashDigits,
                   "OpenSSL has no SHA-256: is the library whole?");
  Hash hex;
  hex.reserve(kHashDigits);
  for (unsigned int i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 0xF];
  }
  return hex;
}

Line render_line(const Entry& entry, const Head& previous, WallTime time) {
  const Json body{{"sequence", previous.sequence + 1},
                  {"time", format_wall_time(time)},
                  {"act", to_string(entry.act)},
                  {"actor", entry.actor},
                  {"scope", entry.scope},
                  {"reason", entry.reason},
                  {"before", entry.before},
                  {"after", entry.after},
                  {"previous", previous.hash}};
  std::string line = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  line.pop_back();  // the closing brace: the hash goes before it
  const Hash hash = sha256_hex(line);
  line.append(kHashMember).append(hash).append("\"}\n");
  return {.text = std::move(line), .head = {.sequence = previous.sequence + 1, .hash = hash}};
}

std::expected<Record, std::string> parse_line(std::string_view line) {
  constexpr std::string_view kEnd = "\"}";
  const std::size_t tail = kHashMember.size() + kHashDigits + kEnd.size();
  if (line.size() <= tail || !line.ends_with(kEnd) ||
      line.substr(line.size() - tail, kHashMember.size()) != kHashMember) {
    return std::unexpected{"does not end with its hash"};
  }
  const std::string_view covered = line.substr(0, line.size() - tail);
  const std::string_view stated = line.substr(covered.size() + kHashMember.size(), kHashDigits);
  if (sha256_hex(covered) != stated) return std::unexpected{"is not what its hash was made of"};
  const Json body = Json::parse(line, nullptr, false);
  if (!body.is_object()) return std::unexpected{"is no JSON object"};
  auto record = record_of(body);
  if (record) record->hash = stated;
  return record;
}

}  // namespace portcullis::audit
