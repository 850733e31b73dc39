# Reads metrics from standard input with the parsers of prometheus-client: the strict one for OpenMetrics, or the one for text. Says how many samples
# there are; fails with what is wrong.
import sys
from importlib import import_module

module = {'openmetrics': 'prometheus_client.openmetrics.parser', 'text': 'prometheus_client.parser'}[sys.argv[1]]
families = import_module(module).text_string_to_metric_families(sys.stdin.read())
print(sum(len(family.samples) for family in families))
