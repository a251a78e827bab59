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
// How well the venue's minute is known here.
constexpr Nanos kEdgeMargin = std::chrono::milliseconds{250};

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
      budget_{settings.snapshot_weight_per_minute, kEdgeMargin},
      address_{settings.address != nullptr ? settings.address
                                           : std::make_shared<net::AddressBudget>()},
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
    if (!pause(stop, penalty_) || !wait_for_turn(stop, weight)) return;
    budget_.on_request(weight, venue_now());
    totals_.weight_begun += weight;
    ++totals_.requests_begun;
    publish();
    const Reply reply = fetch(symbol, body);
    totals_.weight_finished = totals_.weight_begun;
    totals_.requests_finished = totals_.requests_begun;
    publish();
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

WallTime DepthSnapshotSource::venue_now() const noexcept {
  return address_->venue_time(net::AddressBudget::cold_now(), wall_now());
}

Nanos DepthSnapshotSource::wait_before(int weight) noexcept {
  const auto others = address_->others_than(net::AddressBudget::Party::kSnapshots);
  budget_.observe_others(others.weight_begun, others.weight_finished);
  return std::max(budget_.wait_for(weight, venue_now()),
                  address_->blocked_until() - net::AddressBudget::cold_now());
}

// Looked at again and again: the pause may be another thread's, and grow.
bool DepthSnapshotSource::wait_for_turn(const std::stop_token& stop, int weight) {
  constexpr Nanos kLook = std::chrono::milliseconds{100};
  for (;;) {
    const Nanos wait = wait_before(weight);
    if (wait.count() <= 0) return !stop.stop_requested();
    if (!pause(stop, std::min(wait, kLook))) return false;
  }
}

void DepthSnapshotSource::publish() noexcept {
  address_->publish(net::AddressBudget::Party::kSnapshots, totals_);
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
  budget_.on_reported(to_int(header(*response, "x-mbx-used-weight-1m"), -1), venue_now());
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
  // Its word, even when longer than any backoff: a ban grows for those who do not listen.
  address_->note_refusal(net::AddressBudget::Party::kSnapshots, http_status, to_int(retry_after, 0),
                         net::AddressBudget::cold_now());
}

}  // namespace portcullis::feeds::binance
