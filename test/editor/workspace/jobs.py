"""Not open in the editor: found when the whole workspace is checked."""

from flask import Flask

worker = Flask(__name__)

if __name__ == "__main__":
    worker.run(port=5001, debug=True)
