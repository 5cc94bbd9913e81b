# Nmap::Parser: runs a scan, or reads a file, and prints "address state ports name mac" of each host.
use strict;
use warnings;
use Nmap::Parser;
my $n = Nmap::Parser->new;
if (@ARGV == 1) { $n->parsefile($ARGV[0]) }
else { my ($options, @targets) = @ARGV; $n->parsescan('nmap', $options, @targets) }
for my $h ($n->all_hosts) {
    print join(' ', $h->addr, $h->status, join(',', $h->tcp_open_ports) || '-', $h->hostname || '-', $h->mac_addr || '-'), "\n";
}
