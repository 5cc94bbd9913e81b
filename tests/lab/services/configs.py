"""Configurations of servers that the article's host and the farm run alike, each under its own name."""

POSTFIX_MASTER = """\
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
anvil     unix  -       -       n       -       1       anvil
proxymap  unix  -       -       n       -       -       proxymap
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
local     unix  -       n       n       -       -       local
postlog   unix-dgram n  -       n       -       1       postlogd
"""


def apache(name):
    return f"""\
ServerRoot /etc/apache2
ServerName {name}
PidFile /run/apache2/pid
Mutex file:/run/apache2 default
ErrorLog /var/log/apache2/error.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
User www-data
Group www-data
Listen 80
DocumentRoot /var/www/html
<Directory /var/www/html>
    Require all granted
</Directory>
"""


def postfix_main(name, tls=""):
    return f"""\
compatibility_level = 3.6
myhostname = {name}
mydestination = localhost
alias_maps =
alias_database =
smtpd_peername_lookup = no
{tls}inet_interfaces = all
inet_protocols = all
maillog_file = /var/log/postfix.log
"""


def postfix_master(more=""):
    return f"smtp      inet  n       -       n       -       -       smtpd\n{more}{POSTFIX_MASTER}"
