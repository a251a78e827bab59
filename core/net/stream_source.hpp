#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/net/backoff.hpp"
#include "core/net/byte_stream.hpp"
#include "core/net/endpoint.hpp"

namespace portcullis::net {

// Where an agent's plain byte streams come from; ConnectionSource's rules.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;

  virtual void request() noexcept = 0;
  [[nodiscard]] virtual ByteStream* take() noexcept = 0;
  virtual void retire(ByteStream* stream) noexcept = 0;
  // Any cold thread: text of the last failure, empty if none.
  [[nodiscard]] virtual std::string last_error() const = 0;

 protected:
  StreamSource() = default;
};

// TCP, and TLS where the endpoint asks for it, by a cold thread of its own (Connector).
class StreamConnector final : public StreamSource {
 public:
  StreamConnector(Endpoint endpoint, BackoffPolicy backoff, std::uint64_t seed);
  ~StreamConnector() override;
  StreamConnector(const StreamConnector&) = delete;
  StreamConnector& operator=(const StreamConnector&) = delete;

  void request() noexcept override;
  [[nodiscard]] ByteStream* take() noexcept override;
  void retire(ByteStream* stream) noexcept override;
  [[nodiscard]] std::string last_error() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace portcullis::net
