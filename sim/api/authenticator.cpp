#include "sim/api/authenticator.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

namespace portcullis::sim {

namespace {

struct PkeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct BioFree {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct MdCtxFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, PkeyFree>;

constexpr std::size_t kEd25519SignatureBytes = 64;

// OpenSSL speaks unsigned char; the bytes are the same.
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hmac_sha256_hex(std::string_view secret, std::string_view payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(payload),
       payload.size(), digest.data(), &length);
  constexpr char kHex[] = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : std::span{digest.data(), length}) {
    hex += kHex[byte >> 4U];
    hex += kHex[byte & 0xFU];
  }
  return hex;
}

bool equals_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool verify_hmac(std::string_view secret, std::string_view payload, std::string_view signature) {
  std::string lower{signature};
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  });
  return equals_constant_time(hmac_sha256_hex(secret, payload), lower);
}

bool verify_ed25519(EVP_PKEY* key, std::string_view payload, std::string_view signature) {
  constexpr std::size_t kBase64Length = (kEd25519SignatureBytes + 2) / 3 * 4;
  if (signature.size() != kBase64Length) return false;
  std::array<unsigned char, kBase64Length> raw{};
  const int decoded =
      EVP_DecodeBlock(raw.data(), bytes_of(signature), static_cast<int>(signature.size()));
  if (decoded < static_cast<int>(kEd25519SignatureBytes)) return false;
  const std::unique_ptr<EVP_MD_CTX, MdCtxFree> context{EVP_MD_CTX_new()};
  return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), raw.data(), kEd25519SignatureBytes, bytes_of(payload),
                          payload.size()) == 1;
}

bool is_key_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Milliseconds with up to three fraction digits, as microseconds.
std::expected<std::int64_t, VenueError> recv_window_us(const Params& params) {
  constexpr std::int64_t kDefaultUs = 5'000'000;
  constexpr std::int64_t kMaxUs = 60'000'000;
  constexpr std::int64_t kRawPerUs = kDecimalScale / 1'000;
  const auto raw = params.fixed8("recvWindow");
  if (!raw) return std::unexpected{raw.error()};
  if (!*raw) return kDefaultUs;
  if (**raw % kRawPerUs != 0) {
    return std::unexpected{
        VenueError{400, -1111, "Parameter 'recvWindow' has too much precision."}};
  }
  if (**raw / kRawPerUs > kMaxUs) {
    return std::unexpected{VenueError{
        400, -1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000."}};
  }
  return **raw / kRawPerUs;
}

}  // namespace

struct Authenticator::Key {
  Identity identity;
  std::string secret;
  PkeyPtr public_key;
};

Authenticator::Authenticator() = default;
Authenticator::~Authenticator() = default;

void Authenticator::add_hmac_key(std::string api_key, std::string secret, SimAccountId account) {
  auto key = std::make_unique<Key>();
  key->identity = {account, KeyType::kHmac};
  key->secret = std::move(secret);
  keys_[std::move(api_key)] = std::move(key);
}

std::expected<void, std::string> Authenticator::add_ed25519_key(std::string api_key,
                                                                const std::string& public_key_pem,
                                                                SimAccountId account) {
  const std::unique_ptr<BIO, BioFree> bio{
      BIO_new_mem_buf(public_key_pem.data(), static_cast<int>(public_key_pem.size()))};
  PkeyPtr public_key{PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)};
  if (public_key == nullptr || EVP_PKEY_get_base_id(public_key.get()) != EVP_PKEY_ED25519) {
    return std::unexpected{"not an Ed25519 public key in PEM"};
  }
  auto key = std::make_unique<Key>();
  key->identity = {account, KeyType::kEd25519};
  key->public_key = std::move(public_key);
  keys_[std::move(api_key)] = std::move(key);
  return {};
}

std::expected<Authenticator::Identity, VenueError> Authenticator::identify(
    std::string_view api_key) const {
  if (api_key.size() != 64 || !std::ranges::all_of(api_key, is_key_char)) {
    return std::unexpected{VenueError{401, -2014, "API-key format invalid."}};
  }
  const auto found = keys_.find(std::string{api_key});
  if (found == keys_.end()) {
    return std::unexpected{
        VenueError{401, -2015, "Invalid API-key, IP, or permissions for action."}};
  }
  return found->second->identity;
}

std::expected<Authenticator::Identity, VenueError> Authenticator::verify(
    std::string_view api_key, std::string_view payload, std::string_view signature) const {
  const auto identity = identify(api_key);
  if (!identity) return identity;
  const Key& key = *keys_.find(std::string{api_key})->second;
  const bool is_valid = identity->type == KeyType::kHmac
                            ? verify_hmac(key.secret, payload, signature)
                            : verify_ed25519(key.public_key.get(), payload, signature);
  if (!is_valid) {
    return std::unexpected{VenueError{400, -1022, "Signature for this request is not valid."}};
  }
  return identity;
}

std::expected<void, VenueError> Authenticator::check_timing(const Params& params, WallTime now) {
  constexpr std::uint64_t kFirstMicrosecondValue = 100'000'000'000'000;  // the year 5138 in ms
  constexpr std::int64_t kAheadMaxUs = 1'000'000;
  const auto timestamp = params.whole("timestamp");
  if (!timestamp) return std::unexpected{timestamp.error()};
  if (!*timestamp) return std::unexpected{missing_parameter("timestamp")};
  const auto window_us = recv_window_us(params);
  if (!window_us) return std::unexpected{window_us.error()};

  const auto stamp = static_cast<std::int64_t>(std::min<std::uint64_t>(**timestamp, 1ULL << 62U));
  const bool is_micros = **timestamp >= kFirstMicrosecondValue;
  const std::int64_t stamp_us = is_micros ? stamp : stamp * 1'000;
  // A stamp in whole milliseconds is compared in whole milliseconds: the venue's clock has no more.
  const std::int64_t now_us = is_micros ? count_ns(now) / 1'000 : count_ms(now) * 1'000;
  if (stamp_us >= now_us + kAheadMaxUs) {
    return std::unexpected{VenueError{
        400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."}};
  }
  if (now_us - stamp_us > *window_us) {
    return std::unexpected{
        VenueError{400, -1021, "Timestamp for this request is outside of the recvWindow."}};
  }
  return {};
}

}  // namespace portcullis::sim
