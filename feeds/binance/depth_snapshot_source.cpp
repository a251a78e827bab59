#include "feeds/binance/depth_snapshot_source.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/clock.hpp"
#include "core/net/http_client.hpp"
#include "feeds/binance/percent_encoding.hpp"

namespace portcullis::feeds::binance {

namespace {

constexpr std::size_t kSlack = 64;  // what a SIMD parser may read beyond the body
constexpr std::size_t kBodyBytesMax = 8u << 20;
constexpr std::chrono::milliseconds kPollInterval{5};
constexpr std::chrono::milliseconds kFirstPenalty{500};
constexpr std::chrono::milliseconds kPenaltyMax{60'000};
constexpr int kTooManyRequests = 429;
constexpr int kBanned = 418;

int to_int(std::string_view text, int otherwise) noexcept {
  int value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string header(const net::HttpResponse& response, const char* name) {
  const auto found = response.headers.find(name);
  return found != response.headers.end() ? found->second : std::string{};
}

void set_error(DepthSnapshotSource::Reply& reply, std::string_view text) noexcept {
  text.copy(reply.error.data(), reply.error.size() - 1);
}

}  // namespace

DepthSnapshotSource::DepthSnapshotSource(net::Endpoint endpoint, const FeedSettings& settings,
                                         const InstrumentTable& instruments)
    : endpoint_{std::move(endpoint)},
      limit_{settings.depth_snapshot_limit},
      timeout_{settings.rest_timeout},
      budget_{settings.snapshot_weight_per_minute},
      requests_{instruments.size() + 1},
      replies_{instruments.size() + 1},
      free_bodies_{bodies_.size()} {
  endpoint_.ca_file = settings.ca_file;
  if (endpoint_.path == "/") endpoint_.path.clear();
  for (std::size_t i = 0; i < instruments.size(); ++i) {
    const std::string& symbol = instruments.at(SymbolId{static_cast<SymbolId::rep>(i)}).symbol;
    paths_.push_back(endpoint_.path + "/api/v3/depth?symbol=" + percent_encoded(symbol) +
                     "&limit=" + std::to_string(limit_));
  }
  std::ranges::for_each(
      bodies_, [this](std::string& body) { static_cast<void>(free_bodies_.try_push(&body)); });
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

DepthSnapshotSource::~DepthSnapshotSource() = default;

void DepthSnapshotSource::recycle(const Reply& reply) noexcept {
  // Never full: there are as many slots as bodies.
  if (reply.body != nullptr) static_cast<void>(free_bodies_.try_push(reply.body));
}

void DepthSnapshotSource::run(const std::stop_token& stop) {
  std::string* body = nullptr;
  SymbolId symbol{};
  while (!stop.stop_requested()) {
    const bool has_body = body != nullptr || free_bodies_.try_pop(body);
    if (!has_body || !requests_.try_pop(symbol)) {
      if (!pause(stop, kPollInterval)) return;
      continue;
    }
    const int weight = depth_request_weight(limit_);
    const Nanos wait = std::max<Nanos>(budget_.wait_for(weight, wall_now()), penalty_);
    if (!pause(stop, wait)) return;
    budget_.on_request(weight, wall_now());
    const Reply reply = fetch(symbol, body);
    if (reply.body != nullptr) body = nullptr;
    // Never full: the agent has at most one request a symbol under way.
    static_cast<void>(replies_.try_push(reply));
  }
}

bool DepthSnapshotSource::pause(const std::stop_token& stop,
                                std::chrono::nanoseconds length) const {
  for (; length.count() > 0 && !stop.stop_requested(); length -= kPollInterval) {
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(length, kPollInterval));
  }
  return !stop.stop_requested();
}

DepthSnapshotSource::Reply DepthSnapshotSource::fetch(SymbolId symbol, std::string* body) {
  Reply reply{.symbol = symbol};
  endpoint_.path = paths_[symbol.raw()];
  auto response = net::http_get(endpoint_, {}, timeout_, kBodyBytesMax);
  if (!response) {
    set_error(reply, response.error());
    note_failure(0, {});
    return reply;
  }
  reply.http_status = response->status;
  budget_.on_reported(to_int(header(*response, "x-mbx-used-weight-1m"), 0), wall_now());
  if (response->status != 200) {
    set_error(reply, response->body);
    note_failure(response->status, header(*response, "retry-after"));
    return reply;
  }
  failures_in_a_row_ = 0;
  penalty_ = {};
  *body = std::move(response->body);
  body->reserve(body->size() + kSlack);
  reply.body = body;
  return reply;
}

void DepthSnapshotSource::note_failure(int http_status, const std::string& retry_after) noexcept {
  constexpr int kDoublingsMax = 7;
  penalty_ =
      std::min(kPenaltyMax, kFirstPenalty * (1 << std::min(failures_in_a_row_, kDoublingsMax)));
  ++failures_in_a_row_;
  if (http_status == kTooManyRequests || http_status == kBanned) {
    // Its word, even when longer than any backoff: a ban grows for those who do not listen.
    penalty_ = std::max<std::chrono::milliseconds>(penalty_,
                                                   std::chrono::seconds{to_int(retry_after, 60)});
  }
}

}  // namespace portcullis::feeds::binance
