#pragma once

#include "sim/admin/admin_call.hpp"
#include "sim/json/json_out.hpp"

namespace portcullis::sim {

// [{"id","kind","remote","ageMs","in","out","queued","queuedBytes","subscriptions":[..]}]: the
// venue's open connections. Subscriptions are stream names, or "user:ACCOUNT".
void write_connections(JsonOut& out, const AdminParts& parts);

}  // namespace portcullis::sim
