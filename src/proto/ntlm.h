/* The challenge of NTLM (MS-NLMP 2.2.1.2), which names a Windows host before anybody logs in. */
#ifndef LL_PROTO_NTLM_H
#define LL_PROTO_NTLM_H

#include "proto/parser.h"

extern const struct slice ntlm_negotiate; /* the first message (2.2.1.1): asks for a challenge, names nobody */
/* Facts of the first challenge inside `in`, wherever it begins; false: there is none. */
bool ntlm_facts(struct slice in, struct facts *out);
extern const struct slice ntlm_negotiate_text; /* the first message in base64, for protocols of lines */
bool ntlm_facts_text(struct slice in, struct facts *out);

#define NTLM_KEYS                                                                                                      \
    {"ntlm.target", "target name"}, {"ntlm.computer", "NetBIOS name of the computer"},                                 \
        {"ntlm.domain", "NetBIOS name of the domain"}, {"ntlm.dns_computer", "DNS name of the computer"},              \
        {"ntlm.dns_domain", "DNS name of the domain"}, {"ntlm.dns_forest", "DNS name of the forest"}, {                \
        "ntlm.os", "version of the system: 10.0.17763"                                                                 \
    }

#endif
