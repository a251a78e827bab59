#include "core/journal/hash_chain.hpp"

#include <openssl/evp.h>

#include "core/check.hpp"

namespace portcullis::journal {

namespace {

void check(int result) {
  PORTCULLIS_CHECK(result == 1, "OpenSSL has no SHA-256: is the library whole?");
}

}  // namespace

struct HashChain::Digest {
  Digest() : context{EVP_MD_CTX_new()} {}
  ~Digest() { EVP_MD_CTX_free(context); }
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  EVP_MD_CTX* context;
};

HashChain::HashChain(const Seal& start)
    : last_{start},
      position_{start.position},
      digest_{std::make_unique<Digest>()} {
  begin();
}
HashChain::HashChain(HashChain&&) noexcept = default;
HashChain& HashChain::operator=(HashChain&&) noexcept = default;
HashChain::~HashChain() = default;

void HashChain::begin() {
  check(EVP_DigestInit_ex(digest_->context, EVP_sha256(), nullptr));
  check(EVP_DigestUpdate(digest_->context, last_.hash.data(), last_.hash.size()));
}

void HashChain::take(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(digest_->context, bytes.data(), bytes.size()));
  position_ += bytes.size();
}

Seal HashChain::seal() {
  auto* out = reinterpret_cast<unsigned char*>(last_.hash.data());
  check(EVP_DigestFinal_ex(digest_->context, out, nullptr));
  last_.position = position_;
  begin();
  return last_;
}

}  // namespace portcullis::journal
