#include "sim/net/certificates.hpp"

#include <filesystem>
#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "sim/net/secret_file.hpp"

namespace portcullis::sim {

namespace {

template <auto kFree>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using PkeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Freed<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr long kValidSeconds = 10L * 365 * 24 * 3600;
constexpr long kBackdateSeconds = 24L * 3600;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string pem_of(X509* certificate) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const BioPtr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(bio.get());
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Subject, key, validity and a random serial; not signed yet.
X509Ptr make_certificate(EVP_PKEY* key, const char* common_name) {
  X509Ptr certificate{X509_new()};
  std::int64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate.get()), serial & 0x7FFFFFFFFFFFFFFF);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kBackdateSeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  return certificate;
}

X509Ptr make_authority(EVP_PKEY* key) {
  X509Ptr ca = make_certificate(key, "Portcullis simulator CA");
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  const bool is_complete =
      add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash") &&
      X509_sign(ca.get(), key, EVP_sha256()) != 0;
  return is_complete ? std::move(ca) : nullptr;
}

X509Ptr make_server_certificate(EVP_PKEY* key, X509* ca, EVP_PKEY* ca_key) {
  X509Ptr server = make_certificate(key, "localhost");
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca));
  const bool is_complete =
      add_extension(server.get(), ca, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(server.get(), ca, NID_key_usage, "critical,digitalSignature") &&
      add_extension(server.get(), ca, NID_ext_key_usage, "serverAuth") &&
      add_extension(server.get(), ca, NID_subject_alt_name,
                    "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1") &&
      add_extension(server.get(), ca, NID_subject_key_identifier, "hash") &&
      add_extension(server.get(), ca, NID_authority_key_identifier, "keyid") &&
      X509_sign(server.get(), ca_key, EVP_sha256()) != 0;
  return is_complete ? std::move(server) : nullptr;
}

// Not EVP_EC_gen: that macro casts its argument's const away.
EVP_PKEY* make_ec_key() {
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
}

std::expected<void, std::string> make_files(const CertificateFiles& files) {
  const PkeyPtr ca_key{make_ec_key()};
  const PkeyPtr server_key{make_ec_key()};
  if (ca_key == nullptr || server_key == nullptr) {
    return std::unexpected{"OpenSSL cannot make an EC P-256 key"};
  }
  const X509Ptr ca = make_authority(ca_key.get());
  if (ca == nullptr) return std::unexpected{"OpenSSL cannot make the simulator's authority"};
  const X509Ptr server = make_server_certificate(server_key.get(), ca.get(), ca_key.get());
  if (server == nullptr) return std::unexpected{"OpenSSL cannot make the server certificate"};
  // The authority's key is not kept: nothing else shall ever be signed with it. ca.pem comes last,
  // so that a start cut short begins anew.
  for (const auto& [path, text] :
       {std::pair{files.server_key, pem_of(server_key.get())},
        std::pair{files.server, pem_of(server.get())}, std::pair{files.ca, pem_of(ca.get())}}) {
    if (const auto written = write_secret_file(path, text); !written) return written;
  }
  return {};
}

}  // namespace

std::expected<CertificateFiles, std::string> ensure_certificates(const std::string& directory) {
  CertificateFiles files{directory + "/ca.pem", directory + "/server.pem",
                         directory + "/server_key.pem"};
  std::error_code ignored;
  const bool is_made = std::filesystem::exists(files.ca, ignored) &&
                       std::filesystem::exists(files.server, ignored) &&
                       std::filesystem::exists(files.server_key, ignored);
  if (is_made) return files;
  if (const auto made = make_files(files); !made) return std::unexpected{made.error()};
  return files;
}

}  // namespace portcullis::sim
