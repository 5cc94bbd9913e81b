"""TLS in front of the other servers, and unusual ports that lead to them."""
from services.farm import Server

# TLS port -> plain port behind it
BEHIND_TLS = {443: 80, 990: 2121, 992: 23, 563: 119, 2465: 2525, 1993: 1430, 1995: 1100, 6698: 6668, 5671: 5672, 8883: 1883, 853: 53,
              6390: 6379, 3391: 2628, 8873: 873, 8448: 8082, 8449: 8009, 8450: 8086, 9443: 9090, 4433: 3128, 2222 + 20000: 22}

# unusual port -> usual port
UNUSUAL = {20000 + n: n for n in (21, 22, 23, 25, 53, 79, 80, 110, 111, 119, 143, 389, 443, 445, 631, 873, 993, 995, 1883, 2628, 3128, 3306,
                                  3389, 3690, 5060, 5222, 5432, 5901, 6379, 6667, 8080, 9100, 9418, 11211, 11300)}

STUNNEL = "foreground = yes\npid =\nsyslog = no\ndebug = 4\ncert = /etc/lab/both.pem\n" + "".join(
    f"[p{tls}]\naccept = :::{tls}\nconnect = 127.0.0.1:{plain}\n" for tls, plain in BEHIND_TLS.items())

SERVERS = [
    Server("stunnel", "stunnel4", " ".join(map(str, BEHIND_TLS)), "exec stunnel4 /etc/lab/stunnel.conf", {"/etc/lab/stunnel.conf": STUNNEL}),
    Server("hitch", "hitch", "8446", "exec hitch --frontend='[*]:8446' --backend='[127.0.0.1]:8081' --daemon=off -u nobody -g nogroup --workers=1 /etc/lab/both.pem"),
    Server("sslh", "sslh", "8447", "exec sslh -f -u nobody -P /tmp/sslh.pid -p 0.0.0.0:8447 --ssh 127.0.0.1:22 --tls 127.0.0.1:8443 --http 127.0.0.1:8081"),
    Server("gnutls-serv", "gnutls-bin", "8444", "exec gnutls-serv --http -p 8444 --x509certfile /etc/lab/cert.pem --x509keyfile /etc/lab/key.pem -q"),
    Server("openssl", "openssl", "4430", "exec openssl s_server -accept 4430 -cert /etc/lab/cert.pem -key /etc/lab/key.pem -www -quiet"),
]
