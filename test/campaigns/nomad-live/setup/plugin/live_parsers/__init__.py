"""Parsers for lives: a mainfile says how it is parsed. First line LIVE0, LIVE1 or LIVE2 (the parser's level); then key=value lines.

sleep=SECONDS (a long calculation), raise=TEXT (an exception), exit=1 (sys.exit), warn=TEXT (a logged warning), name=TEXT.
"""
import time

from nomad.config.models.plugins import ExampleUploadEntryPoint, ParserEntryPoint


class LiveEntryPoint(ParserEntryPoint):
    def load(self):
        from nomad.datamodel.results import Material, Results
        from nomad.parsing import MatchingParser

        class LiveParser(MatchingParser):
            def parse(self, mainfile, archive, logger=None, child_archives=None):
                with open(mainfile) as file:
                    told = dict(line.split('=', 1) for line in file.read().splitlines()[1:] if '=' in line)
                if 'warn' in told and logger:
                    logger.warning(told['warn'])
                if 'sleep' in told:
                    time.sleep(float(told['sleep']))
                if 'raise' in told:
                    raise RuntimeError(told['raise'])
                if 'exit' in told:
                    raise SystemExit(1)
                archive.metadata.entry_name = told.get('name')
                archive.results = Results(material=Material(elements=['Si']))

        return LiveParser(**self.model_dump())


def at(level):
    return LiveEntryPoint(
        name=f'live parser of level {level}',
        description='Does what its file says.',
        level=level,
        mainfile_name_re=rf'.*\.live{level}$',
        mainfile_contents_re=rf'^LIVE{level}',
    )


level_0, level_1, level_2 = at(0), at(1), at(2)

example = ExampleUploadEntryPoint(
    title='Two good files',
    category='Lives',
    description='For tests.',
    resources=['example/*'],
)
