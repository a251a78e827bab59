#include "sim/mirror/venue_feed.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <concurrentqueue/concurrentqueue.h>
#include <cstdint>
#include <deque>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "sim/lower_case.hpp"
#include "sim/mirror/venue_url.hpp"
#include "sim/random.hpp"

namespace portcullis::sim {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
namespace http = boost::beast::http;

using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<beast::tcp_stream>;

constexpr std::chrono::seconds kPatience{15};

// The venue takes five messages a second; a list of streams may be as long as it likes.
constexpr std::size_t kSymbolsPerRequest = 50;
constexpr std::chrono::milliseconds kRequestPause{300};
// 100 snapshots a minute at most: 5,000 of the 6,000 that the venue allows an address.
constexpr std::chrono::milliseconds kImagePause{600};
constexpr std::chrono::milliseconds kBackoffMin{500};
constexpr std::chrono::milliseconds kBackoffMax{30'000};
// A connection that lasted so long was a good one; the venue takes 300 in five minutes.
constexpr std::chrono::seconds kLasting{60};
constexpr std::chrono::seconds kRetryAfterMax{3'600};
// The venue pings every 20 s.
constexpr std::chrono::seconds kSilenceMax{60};
constexpr std::size_t kMessageMax = 16U << 20U;

// Without the place in Asio's sources that what() adds.
std::string cause_of(const std::exception& error) {
  const auto* const of_system = dynamic_cast<const boost::system::system_error*>(&error);
  return of_system != nullptr ? of_system->code().message() : error.what();
}

std::string subscription(const std::vector<std::string>& symbols, std::size_t first) {
  std::string text = R"({"method":"SUBSCRIBE","params":[)";
  const std::size_t end = std::min(first + kSymbolsPerRequest, symbols.size());
  for (std::size_t i = first; i < end; ++i) {
    const std::string name = lower_case(symbols[i]);
    if (i > first) text += ',';
    text += '"' + name + R"(@depth@100ms",")" + name + R"(@trade")";
  }
  return text + R"(],"id":)" + std::to_string(first + 1) + '}';
}

WallTime wall_now() {
  return wall_time(std::chrono::duration_cast<std::chrono::nanoseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count());
}

// The whole list of Binance's symbols is about 15 MB.
constexpr std::uint64_t kBodyMax = 64U << 20U;

struct Answer {
  unsigned status{0};
  std::string body{};
  std::chrono::seconds retry_after{0};  // zero: the answer does not say
};

template <class Stream>
asio::awaitable<Answer> ask(Stream& stream, const VenueUrl& url, const std::string& target) {
  http::request<http::empty_body> request{http::verb::get, url.path + target, 11};
  request.set(http::field::host, url.host);
  request.set(http::field::connection, "close");
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kBodyMax);
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
  Answer answer{.status = parser.get().result_int(), .body = std::move(parser.get().body())};
  const auto wait = parser.get()[http::field::retry_after];
  std::int64_t seconds = 0;
  std::from_chars(wait.data(), wait.data() + wait.size(), seconds);
  answer.retry_after =
      std::chrono::seconds{std::clamp<std::int64_t>(seconds, 0, kRetryAfterMax.count())};
  co_return answer;
}

// Whom `ca_file` vouches for; empty: whom the system trusts. Throws when it cannot be read.
asio::ssl::context trust_in(const std::string& ca_file) {
  asio::ssl::context context{asio::ssl::context::tls_client};
  context.set_verify_mode(asio::ssl::verify_peer);
  if (ca_file.empty()) {
    context.set_default_verify_paths();
  } else {
    context.load_verify_file(ca_file);
  }
  return context;
}

asio::awaitable<Plain> dial(VenueUrl url) {
  auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver{executor};
  const auto places = co_await resolver.async_resolve(url.host, url.port, asio::use_awaitable);
  Plain stream{executor};
  stream.expires_after(kPatience);
  co_await stream.async_connect(places, asio::use_awaitable);
  co_return stream;
}

// With the certificate's chain and host name verified.
asio::awaitable<Tls> dial_tls(VenueUrl url, asio::ssl::context& trust) {
  Plain plain = co_await dial(url);
  Tls stream{std::move(plain), trust};
  stream.set_verify_callback(asio::ssl::host_name_verification{url.host});
  // The macro of OpenSSL for it has a cast that our warnings do not take.
  if (SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               url.host.data()) != 1) {
    throw boost::system::system_error{asio::error::invalid_argument, "host name " + url.host};
  }
  beast::get_lowest_layer(stream).expires_after(kPatience);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return stream;
}

asio::awaitable<Answer> get(VenueUrl url, std::string target, asio::ssl::context& trust) {
  if (url.is_tls) {
    Tls stream = co_await dial_tls(url, trust);
    beast::get_lowest_layer(stream).expires_after(kPatience);
    co_return co_await ask(stream, url, target);
  }
  Plain stream = co_await dial(url);
  stream.expires_after(kPatience);
  co_return co_await ask(stream, url, target);
}

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer{co_await asio::this_coro::executor};
  timer.expires_after(time);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

struct VenueFeed::Impl {
  using Backoff = std::chrono::milliseconds;

  Impl(VenueFeedConfig config_in, VenueUrl ws_in, VenueUrl rest_in, asio::ssl::context trust_in)
      : config{std::move(config_in)},
        ws{std::move(ws_in)},
        rest{std::move(rest_in)},
        trust{std::move(trust_in)} {}

  void push(LiveEvent event) {
    backlog.fetch_add(1, std::memory_order_relaxed);
    events.enqueue(std::move(event));
  }

  [[nodiscard]] std::size_t requests() const {
    return (config.symbols.size() + kSymbolsPerRequest - 1) / kSymbolsPerRequest;
  }

  asio::awaitable<void> stay_connected();
  asio::awaitable<void> listen();
  template <class Stream>
  asio::awaitable<void> listen_on(websocket::stream<Stream> stream);
  template <class Stream>
  asio::awaitable<void> read_all(websocket::stream<Stream>& stream);
  template <class Stream>
  asio::awaitable<void> subscribe(websocket::stream<Stream>& stream);
  asio::awaitable<void> fetch_images();
  asio::awaitable<void> fetch_image(std::string symbol);

  const VenueFeedConfig config;
  const VenueUrl ws;
  const VenueUrl rest;
  asio::ssl::context trust;
  Random random{config.seed};

  // Between the threads.
  moodycamel::ConcurrentQueue<LiveEvent> events;
  std::atomic<std::size_t> backlog{0};

  asio::io_context io{1};
  asio::steady_timer has_wishes{io};
  std::deque<std::string> wishes;  // symbols whose snapshot is to be fetched
  int connection{0};               // counts them; a snapshot belongs to the one it was asked on
  std::size_t requests_answered{0};
  std::thread thread;  // runs io; last, so that the rest is there before it
};

asio::awaitable<void> VenueFeed::Impl::stay_connected() {
  Backoff backoff = kBackoffMin;
  for (;;) {
    const auto begin = std::chrono::steady_clock::now();
    std::string why;
    try {
      co_await listen();
    } catch (const std::exception& error) {
      why = cause_of(error);
    }
    push({.kind = LiveEvent::Kind::kDown, .text = config.ws_url + ": " + why});
    ++connection;
    wishes.clear();
    if (std::chrono::steady_clock::now() - begin > kLasting) backoff = kBackoffMin;
    co_await pause(backoff / 2 + Backoff{random.below(backoff.count())});
    backoff = std::min<Backoff>(backoff * 2, kBackoffMax);
  }
}

asio::awaitable<void> VenueFeed::Impl::listen() {
  if (ws.is_tls) {
    Tls stream = co_await dial_tls(ws, trust);
    beast::get_lowest_layer(stream).expires_never();
    co_await listen_on(websocket::stream<Tls>{std::move(stream)});
  } else {
    Plain stream = co_await dial(ws);
    stream.expires_never();
    co_await listen_on(websocket::stream<Plain>{std::move(stream)});
  }
}

template <class Stream>
asio::awaitable<void> VenueFeed::Impl::listen_on(websocket::stream<Stream> stream) {
  using asio::experimental::awaitable_operators::operator&&;
  stream.set_option(websocket::stream_base::timeout{
      .handshake_timeout = kPatience, .idle_timeout = kSilenceMax, .keep_alive_pings = true});
  stream.read_message_max(kMessageMax);
  const std::string host = ws.host + ":" + ws.port;
  co_await stream.async_handshake(host, ws.path + "/stream", asio::use_awaitable);
  requests_answered = 0;
  co_await (read_all(stream) && subscribe(stream));
}

template <class Stream>
asio::awaitable<void> VenueFeed::Impl::read_all(websocket::stream<Stream>& stream) {
  beast::flat_buffer buffer;
  for (;;) {
    co_await stream.async_read(buffer, asio::use_awaitable);
    const std::string_view text{static_cast<const char*>(buffer.data().data()), buffer.size()};
    if (text.starts_with(R"({"stream":)")) {
      if (backlog.load(std::memory_order_relaxed) >= kBacklogMax) {
        throw std::runtime_error{"the simulator does not keep up with the streams"};
      }
      push({.kind = LiveEvent::Kind::kFrame, .text = std::string{text}, .received = wall_now()});
    } else if (text.find(R"("error")") != std::string_view::npos ||
               text.find(R"("code")") != std::string_view::npos) {
      throw std::runtime_error{"the venue refuses the subscription: " + std::string{text}};
    } else if (++requests_answered == requests()) {
      push({.kind = LiveEvent::Kind::kUp});
    }
    buffer.consume(buffer.size());
  }
}

template <class Stream>
asio::awaitable<void> VenueFeed::Impl::subscribe(websocket::stream<Stream>& stream) {
  for (std::size_t first = 0; first < config.symbols.size(); first += kSymbolsPerRequest) {
    if (first > 0) co_await pause(kRequestPause);
    const std::string request = subscription(config.symbols, first);
    co_await stream.async_write(asio::buffer(request), asio::use_awaitable);
  }
}

asio::awaitable<void> VenueFeed::Impl::fetch_images() {
  for (;;) {
    while (wishes.empty()) {
      has_wishes.expires_at(asio::steady_timer::time_point::max());
      boost::system::error_code woken;
      co_await has_wishes.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
    std::string symbol = std::move(wishes.front());
    wishes.pop_front();
    co_await fetch_image(std::move(symbol));
    co_await pause(kImagePause);
  }
}

asio::awaitable<void> VenueFeed::Impl::fetch_image(std::string symbol) {
  std::string why;
  const int asked_on = connection;
  Answer answer;
  try {
    answer = co_await get(rest, "/api/v3/depth?limit=1000&symbol=" + symbol, trust);
    if (answer.status != 200)
      why = std::to_string(answer.status) + " " + answer.body.substr(0, 200);
  } catch (const std::exception& error) {
    why = cause_of(error);
  }
  // One of the time before a loss is nobody's: who still wants one asks again.
  const bool is_wanted = asked_on == connection;
  if (is_wanted && why.empty()) {
    push({.kind = LiveEvent::Kind::kImage, .symbol = symbol, .text = std::move(answer.body)});
  } else if (is_wanted) {
    push({.kind = LiveEvent::Kind::kImageError,
          .symbol = symbol,
          .text = config.rest_url + ": " + why});
  }
  if (answer.retry_after > std::chrono::seconds{0}) co_await pause(answer.retry_after);
}

std::expected<std::unique_ptr<VenueFeed>, std::string> VenueFeed::open(
    const VenueFeedConfig& config) {
  auto ws = VenueUrl::parse(config.ws_url, "ws");
  if (!ws) return std::unexpected{ws.error()};
  auto rest = VenueUrl::parse(config.rest_url, "http");
  if (!rest) return std::unexpected{rest.error()};
  if (config.symbols.empty() || config.symbols.size() > kSymbolsMax) {
    return std::unexpected{std::to_string(config.symbols.size()) +
                           " symbols: a mirror takes 1 to " + std::to_string(kSymbolsMax) +
                           "; name them with --symbols"};
  }
  try {
    auto impl =
        std::make_unique<Impl>(config, std::move(*ws), std::move(*rest), trust_in(config.ca_file));
    asio::co_spawn(impl->io, impl->stay_connected(), asio::detached);
    asio::co_spawn(impl->io, impl->fetch_images(), asio::detached);
    impl->thread = std::thread{[io = &impl->io] { io->run(); }};
    return std::unique_ptr<VenueFeed>{new VenueFeed{std::move(impl)}};
  } catch (const std::exception& error) {
    return std::unexpected{config.ca_file + ": " + cause_of(error)};
  }
}

VenueFeed::VenueFeed(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}

VenueFeed::~VenueFeed() {
  impl_->io.stop();
  impl_->thread.join();
}

bool VenueFeed::take(LiveEvent& event) {
  if (!impl_->events.try_dequeue(event)) return false;
  impl_->backlog.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void VenueFeed::ask_image(const std::string& symbol) {
  asio::post(impl_->io, [impl = impl_.get(), symbol] {
    impl->wishes.push_back(symbol);
    impl->has_wishes.cancel();
  });
}

std::expected<std::string, std::string> fetch_text(const std::string& rest_url,
                                                   const std::string& ca_file,
                                                   const std::string& target) {
  const auto url = VenueUrl::parse(rest_url, "http");
  if (!url) return std::unexpected{url.error()};
  try {
    auto trust = trust_in(ca_file);
    asio::io_context io{1};
    auto asked = asio::co_spawn(io, get(*url, target, trust), asio::use_future);
    io.run();
    Answer answer = asked.get();
    if (answer.status == 200) return std::move(answer.body);
    return std::unexpected{rest_url + target + ": " + std::to_string(answer.status) + " " +
                           answer.body.substr(0, 200)};
  } catch (const std::exception& error) {
    return std::unexpected{rest_url + ": " + cause_of(error) +
                           "; check the address, and that the venue is there"};
  }
}

}  // namespace portcullis::sim
