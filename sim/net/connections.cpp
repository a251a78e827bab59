#include "sim/net/connections.hpp"

#include <utility>

#include "sim/net/ws_frame.hpp"

namespace portcullis::sim {

bool ConnectionFilter::matches(const ConnectionInfo& info) const {
  if (id && *id != info.id) return false;
  if (kind && kind != info.kind) return false;
  if (is_http && info.kind) return false;
  return !remote || *remote == info.remote;
}

void Connections::add(std::shared_ptr<Connection> connection) {
  const std::uint64_t id = connection->info().id;
  open_[id] = std::move(connection);
}

void Connections::remove(std::uint64_t id) {
  // What goes with it may look at the list.
  const auto removed = open_.extract(id);
}

std::vector<std::shared_ptr<Connection>> Connections::matching(
    const ConnectionFilter& filter) const {
  std::vector<std::shared_ptr<Connection>> found;
  for (const auto& [id, connection] : open_) {
    if (filter.matches(connection->info())) found.push_back(connection);
  }
  return found;
}

std::size_t Connections::count(const ConnectionFilter& filter) const {
  return matching(filter).size();
}

std::vector<ConnectionInfo> Connections::list() const {
  std::vector<ConnectionInfo> infos;
  infos.reserve(open_.size());
  for (const auto& [id, connection] : open_) infos.push_back(connection->info());
  return infos;
}

std::size_t Connections::cut(const ConnectionFilter& filter) {
  const auto met = matching(filter);
  for (const auto& connection : met) connection->cut();
  return met.size();
}

std::size_t Connections::close(const ConnectionFilter& filter, std::uint16_t code,
                               std::string_view reason) {
  const auto met = matching(filter);
  for (const auto& connection : met) connection->close(code, reason);
  return met.size();
}

std::size_t Connections::inject(const ConnectionFilter& filter, const WireFault& fault) {
  const auto met = matching(filter);
  for (const auto& connection : met) connection->inject(fault);
  return met.size();
}

std::size_t Connections::shut_down(const std::shared_ptr<Connections>& connections, EventLoop& loop,
                                   const ConnectionFilter& filter,
                                   std::chrono::microseconds notice) {
  const auto met = connections->matching(filter);
  std::vector<std::weak_ptr<Connection>> going;
  for (const auto& connection : met) {
    connection->on_shutdown_notice();
    going.push_back(connection);
  }
  // Those that connect in between stay: they are with the server that takes over.
  loop.after(notice, [going = std::move(going)] {
    for (const auto& weak : going) {
      if (const auto connection = weak.lock()) {
        connection->close(ws_close::kGoingAway, "server shutdown");
      }
    }
  });
  return met.size();
}

void Connections::inject_on_accept(const WireFault& fault, int skip, int count) {
  accept_faults_.push_back({fault, skip, count});
}

std::optional<WireFault> Connections::take_accept_fault() {
  std::optional<WireFault> taken;
  for (AcceptFault& plan : accept_faults_) {
    if (plan.skip > 0) {
      --plan.skip;
    } else if (!taken && plan.count > 0) {
      --plan.count;
      taken = plan.fault;
    }
  }
  std::erase_if(accept_faults_, [](const AcceptFault& plan) { return plan.count <= 0; });
  return taken;
}

}  // namespace portcullis::sim
