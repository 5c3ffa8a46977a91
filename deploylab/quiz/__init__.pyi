"""Every public name and its home (see ../later.py)."""

from .attempt import Attempt as Attempt
from .attempt import kept_attempt as kept_attempt
from .bundle import export as export
from .bundle import grade_answers as grade_answers
from .bundle import load_any as load_any
from .grade import Answer as Answer
from .grade import Grade as Grade
from .grade import Remark as Remark
from .grade import grade as grade
from .lint import lint as lint
from .load import load as load
from .load import loads as loads
from .model import Hint as Hint
from .model import Multiple as Multiple
from .model import Option as Option
from .model import Question as Question
from .model import Quiz as Quiz
from .model import Single as Single
from .model import TrueFalse as TrueFalse
from .notebook import QuizWidget as QuizWidget
from .paper import Paper as Paper
from .paper import draw as draw
from .score import Result as Result
from .score import mark as mark
from .terminal import run as run
from .terminal import take as take
