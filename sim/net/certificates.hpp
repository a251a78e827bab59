#pragma once

#include <expected>
#include <string>

namespace portcullis::sim {

struct CertificateFiles {
  std::string ca;      // what a client trusts
  std::string server;  // chain for localhost, 127.0.0.1 and ::1
  std::string server_key;
};

// An authority and a server certificate of the simulator's own in `directory`: made on the first
// start (EC P-256, valid for ten years, keys readable by the owner only), reused afterwards. The
// error names the file and the cause.
[[nodiscard]] std::expected<CertificateFiles, std::string> ensure_certificates(
    const std::string& directory);

}  // namespace portcullis::sim
