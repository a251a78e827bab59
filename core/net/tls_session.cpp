#include "core/net/tls_session.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <arpa/inet.h>

#include <climits>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/net/openssl_memory.hpp"
#include "core/net/receive_buffer.hpp"

namespace portcullis::net {

namespace {

template <auto kFree>
struct FreeBy {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using SslCtx = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, FreeBy<SSL_free>>;

struct Wires {
  ReceiveBuffer in{TlsSession::kSealedInBytes};
  ReceiveBuffer out{TlsSession::kSealBytesMax + (32u << 10)};
  // Set when OpenSSL asked for more than there was: the one sure sign that a call which failed only
  // wants more bytes. SSL_want_read() also says so after some fatal errors of a handshake.
  bool is_starved{false};
};

Wires& wires_of(BIO* bio) noexcept {
  return *static_cast<Wires*>(BIO_get_data(bio));
}

int bio_read(BIO* bio, char* into, int count) noexcept {
  BIO_clear_retry_flags(bio);
  ReceiveBuffer& in = wires_of(bio).in;
  const std::size_t taken = std::min(in.size(), static_cast<std::size_t>(std::max(count, 0)));
  if (taken == 0) {
    wires_of(bio).is_starved = true;
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, in.bytes().data(), taken);
  in.consume(taken);
  return static_cast<int>(taken);
}

int bio_write(BIO* bio, const char* from, int count) noexcept {
  BIO_clear_retry_flags(bio);
  const auto size = static_cast<std::size_t>(std::max(count, 0));
  const std::span<char> space = wires_of(bio).out.prepare(size);
  if (space.size() < size) return -1;  // no retry: the caller keeps its messages within the limit
  std::memcpy(space.data(), from, size);
  wires_of(bio).out.commit(size);
  return count;
}

long bio_control(BIO*, int command, long, void*) noexcept {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

// OpenSSL keeps a pointer to the method for as long as any BIO lives: one for the process.
const BIO_METHOD* wires_method() noexcept {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wires");
    if (made == nullptr) return made;
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given by OpenSSL" : reason;
}

const char* static_openssl_error() noexcept {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "TLS failed" : reason;
}

bool is_address(const std::string& host) noexcept {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool require_peer_name(SSL* ssl, const std::string& host) noexcept {
  if (is_address(host)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  std::string name = host;  // SSL_ctrl() promises no const
  return SSL_set1_host(ssl, host.c_str()) == 1 &&
         SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

std::expected<SslCtx, std::string> make_context(const std::string& ca_file) {
  ERR_clear_error();
  SslCtx context{SSL_CTX_new(TLS_client_method())};
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    return std::unexpected{"cannot set up OpenSSL: " + take_openssl_error()};
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context.get()) == 1) return context;
    return std::unexpected{"cannot load the system's trust store: " + take_openssl_error() +
                           "; install ca-certificates or name a ca_file"};
  }
  if (SSL_CTX_load_verify_file(context.get(), ca_file.c_str()) == 1) return context;
  return std::unexpected{"cannot load ca_file \"" + ca_file + "\": " + take_openssl_error() +
                         "; it must be a readable PEM file of CA certificates"};
}

const char* advice_for(long verify_result) noexcept {
  switch (verify_result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for another name: check the host in the URL";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "check this machine's clock, then the peer's certificate";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "its CA is not trusted here: check ca_file or the system's trust store";
    default: return "the peer's certificate cannot be trusted as it is";
  }
}

}  // namespace

struct TlsSession::Impl {
  // Reached by OpenSSL through the BIO's data pointer, so it outlives `ssl`.
  Wires wires;
  SslCtx context;
  Ssl ssl;
};

TlsSession::TlsSession(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
TlsSession::~TlsSession() = default;

std::expected<std::unique_ptr<TlsSession>, std::string> TlsSession::create(
    const Endpoint& endpoint) {
  auto context = make_context(endpoint.ca_file);
  if (!context) return std::unexpected{std::move(context.error())};
  auto impl = std::make_unique<Impl>();
  impl->context = std::move(*context);
  impl->ssl.reset(SSL_new(impl->context.get()));
  BIO* bio = wires_method() == nullptr ? nullptr : BIO_new(wires_method());
  if (!impl->ssl || bio == nullptr) {
    BIO_free(bio);
    return std::unexpected{"cannot set up OpenSSL: " + take_openssl_error()};
  }
  BIO_set_data(bio, &impl->wires);
  BIO_set_init(bio, 1);
  SSL_set_bio(impl->ssl.get(), bio, bio);
  SSL_set_connect_state(impl->ssl.get());
  if (!require_peer_name(impl->ssl.get(), endpoint.host)) {
    return std::unexpected{"cannot verify the host name \"" + endpoint.host +
                           "\": " + take_openssl_error()};
  }
  return std::unique_ptr<TlsSession>{new TlsSession{std::move(impl)}};
}

TlsSession::Handshake TlsSession::shake_hands() noexcept {
  ERR_clear_error();
  impl_->wires.is_starved = false;
  const int result = SSL_do_handshake(impl_->ssl.get());
  if (result == 1) return Handshake::kDone;
  return impl_->wires.is_starved ? Handshake::kNeedsBytes : Handshake::kFailed;
}

std::string TlsSession::handshake_error() const {
  const long verified = SSL_get_verify_result(impl_->ssl.get());
  if (verified != X509_V_OK) {
    ERR_clear_error();
    return std::string{"certificate refused: "} + X509_verify_cert_error_string(verified) + "; " +
           advice_for(verified);
  }
  return take_openssl_error() + "; the peer must speak TLS 1.2 or later on this port";
}

std::span<char> TlsSession::sealed_in_space() noexcept {
  return impl_->wires.in.prepare(kSealedInBytes);
}

void TlsSession::commit_sealed_in(std::size_t count) noexcept {
  impl_->wires.in.commit(count);
}

TlsSession::OpenResult TlsSession::open(std::span<char> into) noexcept {
  const RecordScope off_the_heap;
  SSL* ssl = impl_->ssl.get();
  const int room = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  impl_->wires.is_starved = false;
  const int count = SSL_read(ssl, into.data(), room);
  if (count > 0) return {Opened::kBytes, static_cast<std::size_t>(count), ""};
  if (impl_->wires.is_starved) return {Opened::kNeedsBytes, 0, ""};
  if ((SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0 && ERR_peek_error() == 0) {
    return {Opened::kEnd, 0, "the peer ended the TLS session"};
  }
  return {Opened::kFailed, 0, static_openssl_error()};
}

bool TlsSession::seal(std::string_view plain) noexcept {
  const RecordScope off_the_heap;
  if (plain.empty()) return true;
  const int size = static_cast<int>(std::min<std::size_t>(plain.size(), INT_MAX));
  if (SSL_write(impl_->ssl.get(), plain.data(), size) == size) return true;
  ERR_clear_error();
  return false;
}

void TlsSession::seal_goodbye() noexcept {
  static_cast<void>(SSL_shutdown(impl_->ssl.get()));
  ERR_clear_error();
}

std::string_view TlsSession::sealed_out() const noexcept {
  return impl_->wires.out.bytes();
}

void TlsSession::consume_sealed_out(std::size_t count) noexcept {
  impl_->wires.out.consume(count);
}

}  // namespace portcullis::net
