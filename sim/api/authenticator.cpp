#include "sim/api/authenticator.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

namespace portcullis::sim {

namespace {

struct OpensslFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
template <class T>
using Openssl = std::unique_ptr<T, OpensslFree>;

constexpr std::size_t kSha256Bytes = 32;
constexpr std::size_t kSignatureBytesMax = 1'024;  // of an RSA key of 8192 bits

// OpenSSL speaks unsigned char; the bytes are the same.
const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Ready to take a message: the key's own work is done once.
Openssl<EVP_MAC_CTX> make_hmac(std::string_view secret) {
  const Openssl<EVP_MAC> mac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  Openssl<EVP_MAC_CTX> context{EVP_MAC_CTX_new(mac.get())};
  std::string digest{"SHA256"};
  const std::array<OSSL_PARAM, 2> params{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_end()};
  EVP_MAC_init(context.get(), bytes_of(secret), secret.size(), params.data());
  return context;
}

bool verify_hmac(EVP_MAC_CTX* hmac, std::string_view payload, std::string_view signature) {
  std::array<unsigned char, kSha256Bytes> digest{};
  std::size_t length = 0;
  const bool is_done = EVP_MAC_init(hmac, nullptr, 0, nullptr) == 1 &&
                       EVP_MAC_update(hmac, bytes_of(payload), payload.size()) == 1 &&
                       EVP_MAC_final(hmac, digest.data(), &length, digest.size()) == 1;
  if (!is_done || signature.size() != 2 * kSha256Bytes) return false;
  constexpr char kHex[] = "0123456789abcdef";
  std::array<char, 2 * kSha256Bytes> expected{};
  std::array<char, 2 * kSha256Bytes> given{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    expected[2 * i] = kHex[digest[i] >> 4U];
    expected[2 * i + 1] = kHex[digest[i] & 0xFU];
  }
  std::ranges::transform(signature, given.begin(), [](char c) {
    return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
  });
  return CRYPTO_memcmp(expected.data(), given.data(), expected.size()) == 0;
}

// Ed25519 has its digest built in; RSA signs with PKCS #1 v1.5 over SHA-256.
bool verify_public(EVP_PKEY* key, std::string_view payload, std::string_view signature) {
  const auto size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  const std::size_t padding = size % 3 == 0 ? 0 : 3 - size % 3;
  if (signature.size() != (size + 2) / 3 * 4 || size > kSignatureBytesMax) return false;
  std::array<unsigned char, kSignatureBytesMax + 3> raw{};
  const int decoded =
      EVP_DecodeBlock(raw.data(), bytes_of(signature), static_cast<int>(signature.size()));
  if (decoded < 0 || static_cast<std::size_t>(decoded) != size + padding) return false;
  const bool is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
  const Openssl<EVP_MD_CTX> context{EVP_MD_CTX_new()};
  return EVP_DigestVerifyInit(context.get(), nullptr, is_rsa ? EVP_sha256() : nullptr, nullptr,
                              key) == 1 &&
         EVP_DigestVerify(context.get(), raw.data(), size, bytes_of(payload), payload.size()) == 1;
}

bool is_key_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Milliseconds with up to three fraction digits, as microseconds.
std::expected<std::int64_t, VenueError> recv_window_us(const Params& params) {
  constexpr std::int64_t kDefaultUs = 5'000'000;
  constexpr std::int64_t kMaxUs = 60'000'000;
  constexpr std::int64_t kRawPerUs = kDecimalScale / 1'000;
  constexpr int kPlaces = 3;
  const auto raw = params.fixed8("recvWindow", kPlaces);
  if (!raw) return std::unexpected{raw.error()};
  if (!*raw) return kDefaultUs;
  if (**raw / kRawPerUs > kMaxUs) {
    return std::unexpected{VenueError{
        400, -1102, "'recvWindow' contains unexpected value. Cannot be greater than 60000."}};
  }
  return **raw / kRawPerUs;
}

}  // namespace

VenueError invalid_key() {
  return {401, -2015, "Invalid API-key, IP, or permissions for action."};
}

VenueError outside_of_window() {
  return {400, -1021, "Timestamp for this request is outside of the recvWindow."};
}

bool KeyRights::allow(Security security, std::string_view address) const {
  const bool is_from_there =
      addresses.empty() || std::ranges::find(addresses, address) != addresses.end();
  switch (security) {
    case Security::kNone: return is_from_there;
    case Security::kTrade: return is_from_there && may_trade;
    case Security::kUserData: return is_from_there && may_read;
    case Security::kUserStream: return is_from_there && may_stream;
  }
  return false;
}

struct Authenticator::Key {
  Identity identity;
  KeyRights rights{};
  Openssl<EVP_MAC_CTX> hmac{};
  Openssl<EVP_PKEY> public_key{};
};

Authenticator::Authenticator() = default;
Authenticator::~Authenticator() = default;

void Authenticator::add_hmac_key(std::string api_key, const std::string& secret,
                                 SimAccountId account) {
  auto key = std::make_unique<Key>();
  key->identity = {account, KeyType::kHmac};
  key->hmac = make_hmac(secret);
  keys_[std::move(api_key)] = std::move(key);
}

std::expected<void, std::string> Authenticator::add_public_key(std::string api_key,
                                                               const std::string& public_key_pem,
                                                               SimAccountId account) {
  const Openssl<BIO> bio{
      BIO_new_mem_buf(public_key_pem.data(), static_cast<int>(public_key_pem.size()))};
  Openssl<EVP_PKEY> public_key{PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)};
  const int kind = public_key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(public_key.get());
  if (kind != EVP_PKEY_ED25519 && kind != EVP_PKEY_RSA) {
    return std::unexpected{"not an Ed25519 or RSA public key in PEM"};
  }
  auto key = std::make_unique<Key>();
  key->identity = {account, kind == EVP_PKEY_RSA ? KeyType::kRsa : KeyType::kEd25519};
  key->public_key = std::move(public_key);
  keys_[std::move(api_key)] = std::move(key);
  return {};
}

bool Authenticator::set_rights(std::string_view api_key, KeyRights rights) {
  const auto found = keys_.find(api_key);
  if (found == keys_.end()) return false;
  found->second->rights = std::move(rights);
  return true;
}

const KeyRights* Authenticator::rights_of(std::string_view api_key) const {
  const Key* key = find(api_key);
  return key == nullptr ? nullptr : &key->rights;
}

std::optional<KeyType> Authenticator::type_of(std::string_view api_key) const {
  const Key* key = find(api_key);
  if (key == nullptr) return std::nullopt;
  return key->identity.type;
}

bool Authenticator::revoke(std::string_view api_key) {
  const auto found = keys_.find(api_key);
  if (found == keys_.end()) return false;
  keys_.erase(found);
  return true;
}

std::vector<std::string> Authenticator::keys_of(SimAccountId account) const {
  std::vector<std::string> found;
  for (const auto& [api_key, key] : keys_) {
    if (key->identity.account == account) found.push_back(api_key);
  }
  std::ranges::sort(found);
  return found;
}

const Authenticator::Key* Authenticator::find(std::string_view api_key) const {
  const auto found = keys_.find(api_key);
  return found == keys_.end() ? nullptr : found->second.get();
}

std::expected<Authenticator::Identity, VenueError> Authenticator::identify(
    std::string_view api_key, Security security, std::string_view address) const {
  if (api_key.size() != 64 || !std::ranges::all_of(api_key, is_key_char)) {
    return std::unexpected{VenueError{401, -2014, "API-key format invalid."}};
  }
  const Key* key = find(api_key);
  if (key == nullptr || !key->rights.allow(security, address)) {
    return std::unexpected{invalid_key()};
  }
  return key->identity;
}

std::optional<VenueError> Authenticator::verify(std::string_view api_key, std::string_view payload,
                                                std::string_view signature) const {
  const Key* key = find(api_key);
  const bool is_valid =
      key != nullptr &&
      (key->hmac != nullptr ? verify_hmac(key->hmac.get(), payload, signature)
                            : verify_public(key->public_key.get(), payload, signature));
  if (is_valid) return std::nullopt;
  return VenueError{400, -1022, "Signature for this request is not valid."};
}

std::expected<WallTime, VenueError> Authenticator::check_timing(const Params& params,
                                                                WallTime now) {
  constexpr std::uint64_t kFirstMicrosecondValue = 100'000'000'000'000;  // the year 5138 in ms
  constexpr std::int64_t kAheadMaxUs = 1'000'000;
  const auto timestamp = params.whole("timestamp");
  if (!timestamp) return std::unexpected{timestamp.error()};
  if (!*timestamp) return std::unexpected{missing_parameter("timestamp")};
  const auto window_us = recv_window_us(params);
  if (!window_us) return std::unexpected{window_us.error()};

  // Beyond what nanoseconds can count is as far ahead as anything.
  constexpr std::uint64_t kLastUs = 9'000'000'000'000'000;
  const bool is_micros = **timestamp >= kFirstMicrosecondValue;
  const auto stamp_us =
      static_cast<std::int64_t>(std::min(is_micros ? **timestamp : **timestamp * 1'000, kLastUs));
  // A stamp in whole milliseconds is compared in whole milliseconds: the venue's clock has no more.
  const std::int64_t grain_us = is_micros ? 1 : 1'000;
  const std::int64_t now_us = count_ns(now) / 1'000 / grain_us * grain_us;
  if (stamp_us >= now_us + kAheadMaxUs) {
    return std::unexpected{VenueError{
        400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."}};
  }
  const std::int64_t last_us = (stamp_us + *window_us) / grain_us * grain_us;
  if (now_us > last_us) return std::unexpected{outside_of_window()};
  return wall_time((last_us + grain_us) * 1'000 - 1);
}

}  // namespace portcullis::sim
