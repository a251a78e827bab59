#include "tests/sim_net/net_fixture.hpp"

#include <cstdlib>
#include <filesystem>
#include <future>
#include <stdexcept>

#include "tests/sim_net/patience.hpp"

namespace portcullis::sim::test {

NetFixture::NetFixture() {
  std::string pattern = (std::filesystem::temp_directory_path() / "sim_net_XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  directory_ = pattern;
}

NetFixture::~NetFixture() {
  if (thread_.joinable()) {
    loop_.stop();
    thread_.join();
  }
  plain_.reset();
  tls_.reset();
  service_.kept().clear();
  connections_.reset();
  loop_.discard();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void NetFixture::start(ConnectionLimits limits) {
  const auto certificates = ensure_certificates(directory_);
  if (!certificates) throw std::runtime_error{certificates.error()};
  Listener::Config config;
  config.limits = limits;
  config.connections = connections_;
  auto plain = Listener::open(loop_, service_, config);
  config.tls = *certificates;
  auto tls = Listener::open(loop_, service_, config);
  if (!plain || !tls) throw std::runtime_error{"cannot listen"};
  plain_ = std::move(*plain);
  tls_ = std::move(*tls);
  thread_ = std::thread{[this] { loop_.run(); }};
}

void NetFixture::on_loop(std::move_only_function<void()> task) {
  std::promise<void> done;
  loop_.post([&] {
    task();
    done.set_value();
  });
  done.get_future().get();
}

bool NetFixture::eventually(std::move_only_function<bool()> condition) {
  return test::eventually([&] {
    bool holds = false;
    on_loop([&] { holds = condition(); });
    return holds;
  });
}

std::uint64_t NetFixture::fault_count(WireFaultKind kind) {
  std::uint64_t count = 0;
  on_loop([&] { count = connections_->fault_counts()[kind]; });
  return count;
}

void NetFixture::inject(const ConnectionFilter& filter, const WireFault& fault) {
  std::size_t met = 0;
  on_loop([&] { met = connections_->inject(filter, fault); });
  ASSERT_EQ(met, 1U);
}

std::string NetFixture::ask(std::uint16_t port, std::string_view request) {
  RawClient client{port};
  client.send(request);
  return client.receive_all();
}

}  // namespace portcullis::sim::test
