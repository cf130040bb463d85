// The short way to a request: a flat object without escapes, as nearly all are.
#ifndef WP_DECIDE_REQUEST_PLAIN_H
#define WP_DECIDE_REQUEST_PLAIN_H

#include "compiler/decide/request_json.h"

#include <memory>
#include <vector>

#include <simdjson.h>

namespace request_json
{

// Reads such a text out of the places that simdjson's first stage finds. False
// wherever anything is unusual or wrong: then nothing is said about the text, and
// `facts` and `groups` hold whatever was met on the way.
class plain_reader
{
  public:
    bool read(const char *text, size_t length, wp_request_facts &facts,
              std::vector<woapol_text> &groups);

  private:
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stages;

    bool find_places(const char *text, size_t length);
};

} // namespace request_json

#endif
