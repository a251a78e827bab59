#include "app/breaker_marks_file.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <sstream>
#include <utility>

#include "core/durable_file.hpp"

namespace portcullis::app {

namespace {

constexpr std::string_view kHeader = "portcullis-breaker-marks 1\n";
constexpr std::string_view kCrc = "crc32=";
constexpr std::size_t kFileMax = 64 * 1024;

// 128 bits as two halves: the high one signed.
std::string text_of(risk::Value value) {
  const auto high = static_cast<std::int64_t>(value >> 64);
  const auto low = static_cast<std::uint64_t>(value);
  return std::to_string(high) + ":" + std::to_string(low);
}

bool read_value(std::istream& in, risk::Value& value) {
  std::int64_t high = 0;
  std::uint64_t low = 0;
  char colon = 0;
  if (!(in >> high >> colon >> low) || colon != ':') return false;
  value = risk::Value{high} * (risk::Value{1} << 64) + risk::Value{low};
  return true;
}

bool read_marks(std::istream& in, oms::ScopeMarks& marks) {
  int is_tripped = 0;
  if (!(in >> marks.day) || !read_value(in, marks.day_total) ||
      !read_value(in, marks.day_realized) || !read_value(in, marks.high_water) ||
      !(in >> marks.executions >> marks.losses_in_row >> is_tripped)) {
    return false;
  }
  marks.is_tripped = is_tripped != 0;
  marks.is_valid = true;
  return true;
}

}  // namespace

BreakerMarksFile::BreakerMarksFile(const std::string& state_dir,
                                   std::vector<std::string> strategies)
    : path_{state_dir + "/breaker.marks"},
      names_{"global", "account"} {
  for (const std::string& name : strategies) names_.push_back("strategy:" + name);
  if (names_.size() > written_.scopes.size()) names_.resize(written_.scopes.size());
}

std::optional<oms::BreakerMarks> BreakerMarksFile::read(std::string& warning) const {
  const auto content = read_small_file(path_, kFileMax);
  if (!content && content.error() == ReadFailure::kMissing) return std::nullopt;
  auto marks = content ? parse(*content) : std::nullopt;
  if (!marks) {
    warning = path_ +
              ": cannot be read, so that today's losses and the high-water marks are not known: "
              "look into the journal, and let the account go on by `portcullis mode`";
  }
  return marks;
}

std::expected<void, std::string> BreakerMarksFile::keep(const oms::BreakerMarks& marks) {
  if (is_there_ && marks == written_) return {};
  auto written = replace_file_durably(path_, render(marks));
  if (written) {
    written_ = marks;
    is_there_ = true;
  }
  return written;
}

std::string BreakerMarksFile::render(const oms::BreakerMarks& marks) const {
  std::string content{kHeader};
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const oms::ScopeMarks& own = marks.scopes[i];
    if (!own.is_valid && own.executions == 0 && own.losses_in_row == 0 && !own.is_tripped) continue;
    content += names_[i] + " " + std::to_string(own.is_valid ? 1 : 0) + " " +
               std::to_string(own.day) + " " + text_of(own.day_total) + " " +
               text_of(own.day_realized) + " " + text_of(own.high_water) + " " +
               std::to_string(own.executions) + " " + std::to_string(own.losses_in_row) + " " +
               std::to_string(own.is_tripped ? 1 : 0) + "\n";
  }
  return content + std::string{kCrc} + crc32_hex(content) + "\n";
}

// The whole of it, or it is damaged.
std::optional<oms::BreakerMarks> BreakerMarksFile::parse(std::string_view content) const {
  const std::size_t end = content.rfind(kCrc);
  if (!content.starts_with(kHeader) || end == std::string_view::npos) return std::nullopt;
  const std::string_view body = content.substr(0, end);
  if (content.substr(end) != std::string{kCrc} + crc32_hex(body) + "\n") return std::nullopt;
  oms::BreakerMarks marks;
  std::istringstream lines{std::string{body.substr(kHeader.size())}};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream in{line};
    std::string name;
    int is_valid = 0;
    oms::ScopeMarks own;
    if (!(in >> name >> is_valid) || !read_marks(in, own)) return std::nullopt;
    own.is_valid = is_valid != 0;
    const auto place = std::ranges::find(names_, name);
    if (place != names_.end()) marks.scopes[static_cast<std::size_t>(place - names_.begin())] = own;
  }
  return marks;
}

}  // namespace portcullis::app
