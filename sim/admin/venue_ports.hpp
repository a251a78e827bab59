#pragma once

#include <expected>
#include <string>

namespace portcullis::sim {

// The venue's listening ports, as a fault sees them. The admin's own port is not among them.
class VenuePorts {
 public:
  virtual ~VenuePorts() = default;
  // New connections are refused by the system; those that are open stay.
  virtual void stop_listening() = 0;
  // On the same ports as before.
  virtual std::expected<void, std::string> listen_again() = 0;
};

}  // namespace portcullis::sim
