#include "oms/binance/signer.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/no_alloc.hpp"
#include "tests/oms_binance/binance_world.hpp"
#include "tests/oms_binance/hmac_oracle.hpp"
#include "tests/support/paths.hpp"

namespace portcullis::oms::binance::test {
namespace {

std::string sign(const Signer& signer, std::string_view payload) {
  std::array<char, Signer::kSignatureMax> text{};
  return {text.data(), signer.sign(payload, text.data())};
}

// The output of a command line; the openssl program is the oracle for Ed25519.
std::string run(const std::string& command) {
  std::string output;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
  if (pipe == nullptr) return output;
  std::array<char, 256> chunk{};
  while (std::fgets(chunk.data(), chunk.size(), pipe.get()) != nullptr) output += chunk.data();
  return output;
}

std::string temp_file(const std::string& name, std::string_view content) {
  const std::string path = testing::TempDir() + "/portcullis_signer_" + name;
  std::ofstream{path, std::ios::binary} << content;
  return path;
}

TEST(SignerTest, HmacMatchesThePublishedVectors) {
  std::ifstream file{shared_data("signature-vectors/vectors.json")};
  if (!file) GTEST_SKIP() << "recorded data is absent: signature-vectors/vectors.json";
  const Json document = Json::parse(file);
  int checked = 0;
  for (const Json& vector : document["vectors"]) {
    if (vector["alg"] != "HMAC-SHA256") continue;
    const auto signer = Signer::hmac_sha256(Secret{vector["secret"].get<std::string>()});
    ASSERT_TRUE(signer);
    EXPECT_EQ(sign(*signer, vector["payload"].get<std::string>()),
              vector["expected"].get<std::string>())
        << vector["name"];
    ++checked;
  }
  EXPECT_GE(checked, 6);
}

TEST(SignerTest, HmacMatchesThePublishedWebSocketRequests) {
  const std::string name = "signature-vectors/wsapi_requests_hmac_verified.jsonl";
  const auto lines = read_lines(name);
  SKIP_WITHOUT(lines, name);
  for (const Json& line : lines) {
    const auto signer = Signer::hmac_sha256(Secret{line["secret"].get<std::string>()});
    ASSERT_TRUE(signer);
    EXPECT_EQ(sign(*signer, line["payload"].get<std::string>()),
              line["signature"].get<std::string>());
  }
  EXPECT_EQ(lines.size(), 17u);
}

TEST(SignerTest, HmacMatchesOpensslForEveryKeyAndPayloadLength) {
  for (std::size_t key_size = 1; key_size < 140; key_size += 3) {
    const std::string secret(key_size, 'k');
    const auto signer = Signer::hmac_sha256(Secret{secret});
    ASSERT_TRUE(signer);
    for (std::size_t size : {0u, 1u, 55u, 56u, 63u, 64u, 65u, 119u, 120u, 300u}) {
      const std::string payload(size, 'p');
      ASSERT_EQ(sign(*signer, payload), hmac_oracle(secret, payload)) << key_size << ' ' << size;
    }
  }
}

TEST(SignerTest, HmacDoesNotAllocate) {
  if (!enable_allocation_guard()) GTEST_SKIP() << "the sanitizer owns malloc";
  const auto signer = Signer::hmac_sha256(Secret{kHmacSecret});
  ASSERT_TRUE(signer);
  std::array<char, Signer::kSignatureMax> text{};
  {
    const NoAllocScope scope{"signer test"};  // aborts on an allocation
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(signer->sign("symbol=BTCUSDT", text.data()), 64u);
  }
}

TEST(SignerTest, Ed25519MatchesTheOpensslProgram) {
  const auto signer = Signer::ed25519(Secret{kEd25519Pem});
  ASSERT_TRUE(signer) << signer.error();
  const std::string key = temp_file("key.pem", kEd25519Pem);
  for (const std::string payload :
       {"apiKey=abc&timestamp=1649729878532", "x", "symbol=１２３４５６&timestamp=1"}) {
    const std::string message = temp_file("payload", payload);
    std::string expected = run("openssl pkeyutl -sign -rawin -inkey " + key + " -in " + message +
                               " | openssl base64 -A");
    EXPECT_EQ(expected.size(), 88u);
    EXPECT_EQ(sign(*signer, payload), expected);
  }
}

TEST(SignerTest, KeysThatCannotSignAreRefusedWithANextStep) {
  using testing::HasSubstr;
  EXPECT_THAT(Signer::hmac_sha256(Secret{}).error(), HasSubstr("empty"));
  EXPECT_THAT(Signer::ed25519(Secret{"not a key"}).error(), HasSubstr("BEGIN PRIVATE KEY"));
  EXPECT_THAT(Signer::ed25519(Secret{}).error(), HasSubstr("BEGIN PRIVATE KEY"));
  const std::string other = run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256");
  EXPECT_THAT(Signer::ed25519(Secret{other}).error(), HasSubstr("another type"));
  const std::string locked =
      run("openssl genpkey -algorithm ed25519 -aes256 -pass pass:secret 2>/dev/null");
  EXPECT_THAT(Signer::ed25519(Secret{locked}).error(), HasSubstr("unencrypted"));
}

TEST(SecretTest, MovingLeavesNothingBehind) {
  Secret from{"topsecret"};
  const Secret to{std::move(from)};
  EXPECT_EQ(to.reveal(), "topsecret");
  EXPECT_TRUE(from.is_empty());  // NOLINT(bugprone-use-after-move): what is left is the question
}

}  // namespace
}  // namespace portcullis::oms::binance::test
