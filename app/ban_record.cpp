#include "app/ban_record.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "core/durable_file.hpp"

namespace portcullis::app {

namespace {

constexpr std::string_view kHeader = "portcullis-address-ban 1\n";
constexpr std::string_view kUntil = "until_ns=";
constexpr std::string_view kCrc = "crc32=";
constexpr std::size_t kFileMax = 4096;
constexpr Nanos kBanMin = std::chrono::minutes{2};
constexpr Nanos kBanMax = std::chrono::hours{72};

std::string render(WallTime until) {
  std::string content{kHeader};
  content += kUntil;
  content += std::to_string(count_ns(until)) + "\n";
  return content + std::string{kCrc} + crc32_hex(content) + "\n";
}

std::optional<WallTime> parse(std::string_view content) {
  if (!content.starts_with(kHeader)) return std::nullopt;
  std::string_view rest = content.substr(kHeader.size());
  if (!rest.starts_with(kUntil)) return std::nullopt;
  rest.remove_prefix(kUntil.size());
  std::int64_t until_ns = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), until_ns);
  if (error != std::errc{} || end == rest.data() + rest.size()) return std::nullopt;
  // The whole of it, or it is damaged.
  return render(wall_time(until_ns)) == content ? std::optional{wall_time(until_ns)} : std::nullopt;
}

}  // namespace

BanRecord::BanRecord(const std::string& state_dir) : path_{state_dir + "/address.ban"} {
}

std::string BanRecord::restore(net::AddressBudget& address, MonoTime now, WallTime wall) const {
  const auto content = read_small_file(path_, kFileMax);
  if (!content && content.error() == ReadFailure::kMissing) return {};
  const std::optional<WallTime> until = content ? parse(*content) : std::nullopt;
  const Nanos left = until ? std::min(*until - wall, kBanMax) : kBanMin;
  if (left <= Nanos{0}) return {};
  address.ban_until(net::AddressBudget::Party::kStart, now + left);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(left);
  return path_ +
         (until ? ": the venue has banned this address before; nothing is sent for "
                : ": cannot be read, and may be a ban by the venue; nothing is sent for ") +
         std::to_string(seconds.count()) + " s";
}

std::expected<void, std::string> BanRecord::keep(const net::AddressBudget& address, MonoTime now,
                                                 WallTime wall) {
  const MonoTime until = address.banned_until();
  if (until <= now || until == written_) return {};
  auto written = replace_file_durably(path_, render(wall + (until - now)));
  if (written) written_ = until;
  return written;
}

}  // namespace portcullis::app
