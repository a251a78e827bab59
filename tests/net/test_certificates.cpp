#include "tests/net/test_certificates.hpp"

#include <atomic>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace portcullis::net::test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

void require(bool is_ok, const char* step) {
  if (!is_ok) throw std::runtime_error{std::string{"making a certificate: "} + step};
}

Key make_key() {
  return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate begin_certificate(const std::string& name, EVP_PKEY* key, long from_s, long to_s) {
  static std::atomic<long> serial{1};
  Certificate certificate{X509_new(), &X509_free};
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_s);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to_s);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

template <class Write>
std::string to_pem(const Write& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), &BIO_free};
  require(write(bio.get()) == 1, "PEM");
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Credentials to_credentials(X509* certificate, EVP_PKEY* key) {
  return {to_pem([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); }),
          to_pem([key](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

Credentials make_leaf(const LeafOptions& options, X509* issuer, EVP_PKEY* issuer_key) {
  const Key key = make_key();
  const Certificate leaf = begin_certificate("portcullis test server", key.get(),
                                             options.valid_from_s, options.valid_to_s);
  X509* signer = issuer == nullptr ? leaf.get() : issuer;
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(signer));
  add_extension(leaf.get(), signer, NID_subject_alt_name, options.subject_alt_name);
  require(X509_sign(leaf.get(), issuer_key == nullptr ? key.get() : issuer_key, EVP_sha256()) > 0,
          "signing");
  return to_credentials(leaf.get(), key.get());
}

}  // namespace

struct TestAuthority::Impl {
  Key key = make_key();
  Certificate certificate{nullptr, &X509_free};
  std::string file;
};

TestAuthority::TestAuthority(const std::string& name) : impl_{std::make_unique<Impl>()} {
  static std::atomic<int> count{0};
  impl_->certificate = begin_certificate(name, impl_->key.get(), -86'400, 86'400);
  X509* certificate = impl_->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(certificate, certificate, NID_subject_key_identifier, "hash");
  require(X509_sign(certificate, impl_->key.get(), EVP_sha256()) > 0, "signing");
  impl_->file = testing::TempDir() + "portcullis_ca_" + std::to_string(getpid()) + '_' +
                std::to_string(count++) + ".crt";
  std::ofstream{impl_->file} << to_credentials(certificate, impl_->key.get()).certificate_pem;
}

TestAuthority::~TestAuthority() {
  std::remove(impl_->file.c_str());
}

Credentials TestAuthority::issue(const LeafOptions& options) const {
  return make_leaf(options, impl_->certificate.get(), impl_->key.get());
}

const std::string& TestAuthority::ca_file() const noexcept {
  return impl_->file;
}

Credentials make_self_signed(const LeafOptions& options) {
  return make_leaf(options, nullptr, nullptr);
}

}  // namespace portcullis::net::test
