#include "sim/net/tls_engine.hpp"

#include <algorithm>
#include <cstring>

#include <climits>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "core/check.hpp"

namespace portcullis::sim {

namespace {

template <auto kFree>
struct FreeBy {
  template <class T>
  void operator()(T* object) const noexcept {
    kFree(object);
  }
};
using SslCtxPtr = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeBy<SSL_free>>;

// Between OpenSSL and the caller's buffers, without a copy of its own: OpenSSL's memory BIOs would
// copy once more and move what is left at each read.
struct Wires {
  std::string_view in;
  std::string* out{nullptr};
};

Wires& wires_of(BIO* bio) noexcept {
  return *static_cast<Wires*>(BIO_get_data(bio));
}

int bio_read(BIO* bio, char* into, int count) noexcept {
  BIO_clear_retry_flags(bio);
  std::string_view& in = wires_of(bio).in;
  const std::size_t taken = std::min(in.size(), static_cast<std::size_t>(std::max(count, 0)));
  if (taken == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, in.data(), taken);
  in.remove_prefix(taken);
  return static_cast<int>(taken);
}

int bio_write(BIO* bio, const char* from, int count) {
  BIO_clear_retry_flags(bio);
  std::string* out = wires_of(bio).out;
  if (out == nullptr || count < 0) return -1;
  out->append(from, static_cast<std::size_t>(count));
  return count;
}

long bio_control(BIO*, int command, long, void*) noexcept {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* wires_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "sim wires");
    PORTCULLIS_CHECK(made != nullptr, "OpenSSL is out of memory");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "no reason given by OpenSSL" : reason;
}

// A client that offers HTTP/2 as well shall know that it gets HTTP/1.1; one that offers something
// else altogether is served as if it had not asked.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned offered_length, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  const int result = SSL_select_next_proto(&found, chosen_length, kHttp11, sizeof kHttp11 - 1,
                                           offered, offered_length);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

struct TlsContext::Impl {
  SslCtxPtr context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
TlsContext::~TlsContext() = default;

std::expected<std::shared_ptr<TlsContext>, std::string> TlsContext::load(
    const CertificateFiles& files) {
  ERR_clear_error();
  SslCtxPtr context{SSL_CTX_new(TLS_server_method())};
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
    return std::unexpected{"cannot set up OpenSSL: " + openssl_reason()};
  }
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.server.c_str()) != 1) {
    return std::unexpected{"cannot use " + files.server + ": " + openssl_reason()};
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.server_key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return std::unexpected{"cannot use " + files.server_key + ": " + openssl_reason()};
  }
  auto impl = std::make_unique<Impl>(std::move(context));
  return std::shared_ptr<TlsContext>{new TlsContext{std::move(impl)}};
}

struct TlsEngine::Impl {
  Wires wires;
  SslPtr ssl;
  bool has_failed{false};
};

TlsEngine::TlsEngine(const TlsContext& context) : impl_{std::make_unique<Impl>()} {
  impl_->ssl.reset(SSL_new(context.impl_->context.get()));
  BIO* bio = BIO_new(wires_method());
  PORTCULLIS_CHECK(impl_->ssl != nullptr && bio != nullptr, "OpenSSL is out of memory");
  BIO_set_data(bio, &impl_->wires);
  BIO_set_init(bio, 1);
  SSL_set_bio(impl_->ssl.get(), bio, bio);
  SSL_set_accept_state(impl_->ssl.get());
}
TlsEngine::~TlsEngine() = default;

void TlsEngine::feed(std::string_view sealed) noexcept {
  impl_->wires.in = sealed;
}

TlsEngine::Opened TlsEngine::open(std::span<char> into, std::string& out) {
  if (impl_->has_failed) return {0, Status::kBroken};
  ERR_clear_error();
  impl_->wires.out = &out;
  const int room = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  const int count = SSL_read(impl_->ssl.get(), into.data(), room);
  impl_->wires.out = nullptr;
  if (count > 0) return {static_cast<std::size_t>(count), Status::kMore};
  const int error = SSL_get_error(impl_->ssl.get(), count);
  if (error == SSL_ERROR_WANT_READ) return {0, Status::kMore};
  if (error == SSL_ERROR_ZERO_RETURN) return {0, Status::kClosed};
  impl_->has_failed = true;
  ERR_clear_error();
  return {0, Status::kBroken};
}

bool TlsEngine::seal(std::string_view text, std::string& out) {
  if (text.empty()) return true;
  if (impl_->has_failed || SSL_is_init_finished(impl_->ssl.get()) != 1) return false;
  ERR_clear_error();
  impl_->wires.out = &out;
  std::size_t written = 0;
  const int done = SSL_write_ex(impl_->ssl.get(), text.data(), text.size(), &written);
  impl_->wires.out = nullptr;
  if (done == 1 && written == text.size()) return true;
  impl_->has_failed = true;
  ERR_clear_error();
  return false;
}

void TlsEngine::say_close(std::string& out) {
  if (impl_->has_failed || SSL_is_init_finished(impl_->ssl.get()) != 1) return;
  if ((SSL_get_shutdown(impl_->ssl.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  ERR_clear_error();
  impl_->wires.out = &out;
  SSL_shutdown(impl_->ssl.get());
  impl_->wires.out = nullptr;
  ERR_clear_error();
}

}  // namespace portcullis::sim
