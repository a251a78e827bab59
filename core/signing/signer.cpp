#include "core/signing/signer.hpp"

#include <array>
#include <cstring>
#include <utility>

// The EVP digests allocate at each init and at each copy of a context, and a request is signed on
// the hot thread. SHA256_CTX is a plain struct: the keyed inner and outer states are made once and
// copied by value. OpenSSL 3 marks these calls deprecated in favour of EVP; they run the same code.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

namespace portcullis::signing {

namespace {

constexpr std::size_t kBlockBytes = SHA256_CBLOCK;
constexpr std::size_t kEd25519SignatureBytes = 64;

struct KeyFree {
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct ContextFree {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
struct BioFree {
  void operator()(BIO* bio) const noexcept { BIO_free(bio); }
};

std::size_t write_hex(const unsigned char* bytes, std::size_t count, char* out) noexcept {
  constexpr char kDigits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < count; ++i) {
    out[2 * i] = kDigits[bytes[i] >> 4];
    out[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return 2 * count;
}

// Without this, an encrypted key would make OpenSSL ask the terminal for a passphrase.
int refuse_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

struct Signer::Impl {
  KeyKind kind{KeyKind::kHmacSha256};
  SHA256_CTX inner{};
  SHA256_CTX outer{};
  std::unique_ptr<EVP_PKEY, KeyFree> key;

  Impl() = default;
  ~Impl() {
    OPENSSL_cleanse(&inner, sizeof inner);
    OPENSSL_cleanse(&outer, sizeof outer);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void set_hmac_key(std::string_view secret) noexcept {
    std::array<unsigned char, kBlockBytes> block{};
    if (secret.size() > kBlockBytes) {
      SHA256_CTX digest;
      SHA256_Init(&digest);
      SHA256_Update(&digest, secret.data(), secret.size());
      SHA256_Final(block.data(), &digest);
      OPENSSL_cleanse(&digest, sizeof digest);
    } else {
      std::memcpy(block.data(), secret.data(), secret.size());
    }
    for (unsigned char& byte : block) byte ^= 0x36;
    SHA256_Init(&inner);
    SHA256_Update(&inner, block.data(), block.size());
    for (unsigned char& byte : block) byte ^= 0x36 ^ 0x5c;
    SHA256_Init(&outer);
    SHA256_Update(&outer, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
  }

  std::size_t sign_hmac(std::string_view payload, char* out) const noexcept {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    SHA256_CTX state = inner;
    SHA256_Update(&state, payload.data(), payload.size());
    SHA256_Final(digest.data(), &state);
    state = outer;
    SHA256_Update(&state, digest.data(), digest.size());
    SHA256_Final(digest.data(), &state);
    return write_hex(digest.data(), digest.size(), out);
  }

  std::size_t sign_ed25519(std::string_view payload, char* out) const noexcept {
    const std::unique_ptr<EVP_MD_CTX, ContextFree> context{EVP_MD_CTX_new()};
    std::array<unsigned char, kEd25519SignatureBytes> signature{};
    std::size_t size = signature.size();
    if (context == nullptr ||
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size,
                       reinterpret_cast<const unsigned char*>(payload.data()),
                       payload.size()) != 1 ||
        size != signature.size()) {
      return 0;
    }
    std::array<unsigned char, kSignatureMax + 1> text{};  // EVP_EncodeBlock ends it with a zero
    const int length = EVP_EncodeBlock(text.data(), signature.data(), static_cast<int>(size));
    std::memcpy(out, text.data(), static_cast<std::size_t>(length));
    return static_cast<std::size_t>(length);
  }
};

Signer::Signer(std::unique_ptr<Impl> impl) noexcept : impl_{std::move(impl)} {
}
Signer::Signer(Signer&& other) noexcept = default;
Signer& Signer::operator=(Signer&& other) noexcept = default;
Signer::~Signer() = default;

std::expected<Signer, std::string> Signer::hmac_sha256(const Secret& secret) {
  if (secret.is_empty()) {
    return std::unexpected<std::string>{
        "HMAC key: the secret is empty; put the venue's secret key into the configured source"};
  }
  auto impl = std::make_unique<Impl>();
  impl->kind = KeyKind::kHmacSha256;
  impl->set_hmac_key(secret.reveal());
  return Signer{std::move(impl)};
}

std::expected<Signer, std::string> Signer::ed25519(const Secret& pem) {
  const std::string_view text = pem.reveal();
  const std::unique_ptr<BIO, BioFree> bio{
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  auto impl = std::make_unique<Impl>();
  impl->kind = KeyKind::kEd25519;
  impl->key.reset(bio == nullptr
                      ? nullptr
                      : PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_passphrase, nullptr));
  if (impl->key == nullptr) {
    return std::unexpected<std::string>{
        "Ed25519 key: not an unencrypted PEM private key; expected a file that starts with "
        "\"-----BEGIN PRIVATE KEY-----\""};
  }
  if (EVP_PKEY_get_id(impl->key.get()) != EVP_PKEY_ED25519) {
    return std::unexpected<std::string>{
        "Ed25519 key: the PEM file holds a key of another type; make one with "
        "\"openssl genpkey -algorithm ed25519\" and register its public half with the venue"};
  }
  return Signer{std::move(impl)};
}

std::expected<Signer, std::string> Signer::make(KeyKind kind, const Secret& secret) {
  return kind == KeyKind::kHmacSha256 ? hmac_sha256(secret) : ed25519(secret);
}

KeyKind Signer::kind() const noexcept {
  return impl_->kind;
}

std::size_t Signer::sign(std::string_view payload, char* out) const noexcept {
  return impl_->kind == KeyKind::kHmacSha256 ? impl_->sign_hmac(payload, out)
                                             : impl_->sign_ed25519(payload, out);
}

}  // namespace portcullis::signing
