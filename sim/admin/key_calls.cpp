#include <array>

#include "sim/admin/admin_call.hpp"
#include "sim/api/key_material.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

namespace {

const char* name_of(KeyType type) {
  switch (type) {
    case KeyType::kHmac: return "hmac";
    case KeyType::kRsa: return "rsa";
    case KeyType::kEd25519: return "ed25519";
  }
  return "?";
}

void write_key(JsonOut& out, const AdminParts& parts, const std::string& api_key) {
  const KeyRights& rights = *parts.venue.authenticator.rights_of(api_key);
  out.open_object()
      .field("api_key", api_key)
      .field("type", name_of(*parts.venue.authenticator.type_of(api_key)))
      .field("may_trade", rights.may_trade)
      .field("may_read", rights.may_read)
      .field("may_stream", rights.may_stream)
      .key("addresses")
      .open_array();
  for (const std::string& address : rights.addresses) out.text(address);
  out.close_array().close_object();
}

HttpReply list(AdminParts& parts, AdminRequest& request) {
  request.required_query("account");
  const auto account = request.query_account(parts.venue);
  if (auto refused = request.refusal()) return *std::move(refused);
  JsonOut out;
  out.open_object().key("keys").open_array();
  for (const std::string& api_key : parts.venue.authenticator.keys_of(*account)) {
    write_key(out, parts, api_key);
  }
  return admin_ok(out.close_array().close_object().take());
}

KeyRights read_rights(ConfigSection& body, const KeyRights& now) {
  KeyRights rights;
  rights.may_trade = body.optional_boolean("may_trade", now.may_trade);
  rights.may_read = body.optional_boolean("may_read", now.may_read);
  rights.may_stream = body.optional_boolean("may_stream", now.may_stream);
  rights.addresses = body.optional_string_list("addresses", now.addresses);
  return rights;
}

// Both halves when they are made here: it is the caller who is to sign with it.
HttpReply create(AdminParts& parts, AdminRequest& request) {
  ConfigSection& body = request.body();
  const SimAccountId account = request.body_account(parts.venue);
  const std::string type = body.optional_choice("type", "hmac", {"hmac", "rsa", "ed25519"});
  std::string public_key = body.optional_string("public_key", "");
  const KeyRights rights = read_rights(body, {});
  if (type == "hmac" && !public_key.empty()) {
    request.problem("public_key: an HMAC key has none; leave it out, or say type rsa or ed25519");
  }
  if (auto refused = request.refusal()) return *std::move(refused);
  Authenticator& keys = parts.venue.authenticator;
  const std::string api_key = make_api_key();
  JsonOut out;
  out.open_object().field("api_key", api_key).field("type", type);
  if (type == "hmac") {
    const std::string secret = make_api_key();
    keys.add_hmac_key(api_key, secret, account);
    out.field("secret", secret);
  } else {
    if (public_key.empty()) {
      const std::string private_key =
          make_private_pem(type == "rsa" ? KeyPairKind::kRsa2048 : KeyPairKind::kEd25519);
      public_key = public_pem_of(private_key).value_or("");
      out.field("private_key", private_key);
    }
    const auto added = keys.add_public_key(api_key, public_key, account);
    if (!added) return admin_refusal(400, "public_key: " + added.error());
  }
  keys.set_rights(api_key, rights);
  return admin_ok(out.close_object().take());
}

HttpReply set_rights(AdminParts& parts, AdminRequest& request) {
  const std::string api_key = request.body().required_string("api_key");
  const KeyRights* now = parts.venue.authenticator.rights_of(api_key);
  if (now == nullptr && !api_key.empty()) {
    request.problem("api_key: nobody has it; GET /keys?account= lists them");
  }
  const KeyRights rights = read_rights(request.body(), now != nullptr ? *now : KeyRights{});
  if (auto refused = request.refusal()) return *std::move(refused);
  parts.venue.authenticator.set_rights(api_key, rights);
  return admin_ok();
}

HttpReply revoke(AdminParts& parts, AdminRequest& request) {
  const std::string api_key = request.required_query("api_key");
  if (auto refused = request.refusal()) return *std::move(refused);
  return admin_done(parts, RevokeKeyAction{.account = "", .api_key = api_key});
}

constexpr std::array kCalls{
    AdminCall{"GET", "/keys", "an account's API keys and what they may do", "?account", list},
    AdminCall{"POST", "/keys",
              "gives an account an API key: of a public key in PEM, or made here with its secret",
              "account, type, public_key, may_trade, may_read, may_stream, addresses[]", create},
    AdminCall{"POST", "/keys/rights", "changes what is given, keeps the rest",
              "api_key, may_trade, may_read, may_stream, addresses[]", set_rights},
    AdminCall{"DELETE", "/keys", "revokes a key", "?api_key", revoke},
};

}  // namespace

std::span<const AdminCall> key_calls() noexcept {
  return kCalls;
}

}  // namespace portcullis::sim
