#include "sim/api_keys.hpp"

#include <filesystem>
#include <string_view>

#include "sim/api/key_material.hpp"
#include "sim/net/secret_file.hpp"

namespace portcullis::sim {

namespace {

// The file's text; made with `make` when there is no such file.
template <class Make>
std::expected<std::string, std::string> ensure_file(const std::string& path, Make make) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return read_text_file(path);
  std::string text = make();
  if (const auto written = write_secret_file(path, text); !written) {
    return std::unexpected{written.error()};
  }
  return text;
}

}  // namespace

std::expected<ApiKeys, std::string> ensure_api_keys(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return std::unexpected{"cannot make " + directory + ": " + error.message()};
  ApiKeys keys;
  struct File {
    const char* name;
    std::string* target;
  };
  for (const File& file :
       {File{"api_key_hmac", &keys.hmac_api_key}, File{"secret_hmac", &keys.hmac_secret},
        File{"api_key_ed25519", &keys.ed25519_api_key}}) {
    auto text = ensure_file(directory + "/" + file.name, make_api_key);
    if (!text) return std::unexpected{text.error()};
    *file.target = std::move(*text);
  }
  const std::string pem_path = directory + "/ed25519_private.pem";
  const auto private_pem =
      ensure_file(pem_path, [] { return make_private_pem(KeyPairKind::kEd25519); });
  if (!private_pem) return std::unexpected{private_pem.error()};
  auto public_pem = public_pem_of(*private_pem);
  if (!public_pem) {
    return std::unexpected{pem_path + " is " + public_pem.error() + "; remove it to have one made"};
  }
  keys.ed25519_public_pem = std::move(*public_pem);
  return keys;
}

}  // namespace portcullis::sim
