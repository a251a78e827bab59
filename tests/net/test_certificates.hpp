#pragma once

#include <memory>
#include <string>

namespace portcullis::net::test {

// A certificate and its key, made at run time, in PEM.
struct Credentials {
  std::string certificate_pem;
  std::string key_pem;
};

struct LeafOptions {
  std::string subject_alt_name{"DNS:localhost,IP:127.0.0.1"};
  long valid_from_s{-3600};  // from now
  long valid_to_s{3600};
};

// A certificate authority that lives as long as the test.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  [[nodiscard]] Credentials issue(const LeafOptions& options = {}) const;
  // Its own certificate in a file under the test's temporary directory.
  [[nodiscard]] const std::string& ca_file() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] Credentials make_self_signed(const LeafOptions& options = {});

}  // namespace portcullis::net::test
